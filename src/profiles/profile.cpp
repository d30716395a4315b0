// THE table of profiles. A row needs a source; docs/profiles.md shows all of them.
#include "profiles/profile.hpp"

#include <algorithm>

namespace gantry::profiles {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// clang-format off

constexpr complaint unknown_digest{400, "DIGEST_INVALID", "provided digest did not match uploaded content"};

constexpr deviation of_distribution2[] = {
  {preset{"gantry.referrers.enabled", "false"}, "no referrers API", "measured"},
  {preset{"storage.delete.enabled", "false"}, "deletes are refused, unless enabled", "measured"},
  {preset{"http.relativeurls", "false"}, "Location and Link carry scheme and host", "measured"},
  {preset{"gantry.validation.references", "reject"}, "a manifest that names absent blobs is refused", "measured"},
  {preset{"gantry.pages.strict", "true"}, "an `n` of the catalog above 1000 is refused", "measured"},
  {whole_list{"list_tags", false}, "lists of tags have one page; `n` and `last` have no effect", "https://github.com/distribution/distribution/issues/1936"},
  {no_single_post{}, "a POST that carries the whole blob opens an upload", "https://github.com/distribution/distribution/issues/1170"},
  {refused{"delete_manifest", condition::by_tag, unknown_digest}, "a tag cannot be deleted alone", "measured"},
};

constexpr deviation of_distribution3[] = {
  {preset{"gantry.referrers.enabled", "false"}, "no referrers API", "https://github.com/distribution/distribution/blob/main/registry/api/v2/descriptors.go"},
  {preset{"storage.delete.enabled", "false"}, "deletes are refused, unless enabled", "https://github.com/distribution/distribution/blob/main/docs/content/about/configuration.md"},
  {preset{"http.relativeurls", "false"}, "Location and Link carry scheme and host", "https://github.com/distribution/distribution/blob/main/docs/content/about/configuration.md"},
  {preset{"gantry.validation.references", "reject"}, "a manifest that names absent blobs is refused", "https://github.com/distribution/distribution/blob/main/registry/storage/ocimanifesthandler.go"},
  {preset{"gantry.pages.strict", "true"}, "an `n` above 1000 is refused", "https://github.com/distribution/distribution/issues/4844"},
  {whole_list{"list_tags", true}, "a list of tags without `n` has one page", "https://github.com/distribution/distribution/blob/main/registry/handlers/tags.go"},
  {no_single_post{}, "a POST that carries the whole blob opens an upload", "https://github.com/distribution/distribution/issues/1170"},
};

constexpr deviation of_dockerhub[] = {
  {quota{counted::manifest_gets, 100, hours{6}, true, true,
         {429, "TOOMANYREQUESTS", "You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"}},
   "100 pulls in 6 hours for each address; a HEAD of a manifest shows what remains and does not count", "https://docs.docker.com/docker-hub/usage/pulls/"},
};

constexpr complaint page_too_long{405, "UNSUPPORTED", "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'"};

constexpr deviation of_ecr[] = {
  {existing_prefix{0, {404, "NAME_UNKNOWN", "The repository with name '{name}' does not exist in the registry with id '123456789012'"}},
   "a push does not create its repository", "https://github.com/aws/containers-roadmap/issues/853"},
  {longest_page{"list_tags", 1000, page_too_long}, "an `n` of tags above 1000 is refused", "https://github.com/google/go-containerregistry/issues/681"},
  {longest_page{"list_repositories", 1000, page_too_long}, "an `n` of the catalog above 1000 is refused", "https://github.com/google/go-containerregistry/issues/1091"},
  {no_digest_header{}, "a GET of a manifest is answered without Docker-Content-Digest, a HEAD with it", "https://github.com/ChangemakerStudios/Docker.Registry.DotNet/issues/34"},
  {other_status{"append_upload", 201}, "a chunk is answered with 201", "https://github.com/openai/tart/issues/273"},
  {preset{"gantry.uploads.minchunk", "5MiB"}, "every chunk but the last has at least 5 MiB", "https://github.com/dotnet/sdk-container-builds/issues/424"},
  {quota{counted::manifest_puts, 10, seconds{1}, false, false, {429, "TOOMANYREQUESTS", "Rate exceeded"}},
   "10 pushes of manifests a second", "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"},
};

constexpr deviation of_gar[] = {
  {name_depth{3, {400, "NAME_INVALID", "Missing image name. Pushes should be of the form docker push HOST-NAME/PROJECT-ID/REPOSITORY/IMAGE"}},
   "a name has at least three components: project, repository, image", "https://github.com/docker/build-push-action/issues/171"},
  {existing_prefix{2, {404, "NAME_UNKNOWN", "Repository \"{prefix}\" not found"}},
   "a push does not create the repository, the first two components", "https://github.com/GoogleCloudPlatform/cloud-builders-community/issues/588"},
  {refused{"append_upload", condition::later_chunk, {400, "BLOB_UPLOAD_INVALID", "chunked uploads are not supported"}},
   "a blob cannot be uploaded in several chunks (status and text are not documented)", "https://cloud.google.com/artifact-registry/docs/reference/docker-api"},
  {tags_hold_manifests{{400, "GOOGLE_MANIFEST_DANGLING_TAG", "Manifest is still referenced by tag: {tag}"}},
   "a manifest with a tag cannot be deleted", "https://github.com/genuinetools/reg/issues/136"},
  {whole_list{"list_tags", false}, "lists of tags have one page; `n` and `last` have no effect", "https://github.com/google/go-containerregistry/issues/897"},
  {quota{counted::all, 60'000, minutes{1}, false, false, {429, "TOOMANYREQUESTS", "Quota exceeded for requests per minute"}},
   "60,000 requests a minute (the text is not documented)", "https://cloud.google.com/artifact-registry/quotas"},
  {quota{counted::writes, 18'000, minutes{1}, false, false, {429, "TOOMANYREQUESTS", "Quota exceeded for write requests per minute"}},
   "18,000 writes a minute (the text is not documented)", "https://cloud.google.com/artifact-registry/quotas"},
};

constexpr deviation of_ghcr[] = {
  {preset{"gantry.referrers.enabled", "false"}, "no referrers API", "https://github.com/dataaxiom/ghcr-cleanup-action/issues/13"},
  {preset{"storage.delete.enabled", "false"}, "deletes are refused", "https://github.com/docker/sbx-releases/issues/553"},
};

constexpr deviation of_harbor[] = {
  {existing_prefix{1, {401, "UNAUTHORIZED", "project {prefix} not found: project {prefix} not found"}},
   "a push does not create the project, the first component; a repository follows it", "https://github.com/goharbor/harbor/issues/17097"},
};

constexpr deviation of_lenient[] = {
  {preset{"gantry.validation.lenient", "true"}, "any digest, tag and manifest is accepted, as with `--lenient`", "https://github.com/opencontainers/distribution-spec/blob/main/spec.md"},
};

constexpr deviation of_strict[] = {
  {preset{"gantry.validation.references", "reject"}, "a manifest that names absent blobs is refused", "https://github.com/opencontainers/distribution-spec/blob/main/spec.md"},
  {preset{"gantry.pages.strict", "true"}, "an `n` above the maximum is refused", "https://github.com/opencontainers/distribution-spec/blob/main/spec.md"},
};

constexpr deviation of_zot[] = {
  {refused{"put_manifest", condition::docker_type, {415, "MANIFEST_INVALID", "manifest invalid"}},
   "manifests of docker's types are refused, unless configured", "https://github.com/project-zot/zot/blob/main/pkg/api/routes.go"},
  {whole_list{"list_tags", true}, "a list of tags without `n` has one page", "https://github.com/project-zot/zot/blob/main/pkg/api/routes.go"},
};

constexpr profile table[] = {
  {"distribution2", "docker's registry 2.8", of_distribution2},
  {"distribution3", "docker's registry 3.1", of_distribution3},
  {"dockerhub", "Docker Hub, without a login", of_dockerhub},
  {"ecr", "Amazon Elastic Container Registry", of_ecr},
  {"gar", "Google Artifact Registry", of_gar},
  {"ghcr", "GitHub Container Registry", of_ghcr},
  {"harbor", "Harbor", of_harbor},
  {"lenient", "any bytes are accepted", of_lenient},
  {"strict", "what the specification leaves open is refused", of_strict},
  {"zot", "zot with its defaults", of_zot},
};
// clang-format on

static_assert(std::ranges::equal(table, names, {}, &profile::name));

} // namespace

std::span<const profile> all() noexcept {
  return table;
}

const profile* find(std::string_view name) noexcept {
  const auto* found = std::ranges::find(table, name, &profile::name);
  return found == std::end(table) ? nullptr : found;
}

std::string_view leading(std::string_view name, std::size_t count) noexcept {
  if (count == 0)
    return name;
  std::size_t end = 0;
  for (; count > 0; --count) {
    end = name.find('/', end);
    if (end == std::string_view::npos)
      return {};
    ++end;
  }
  return name.substr(0, end - 1);
}

} // namespace gantry::profiles
