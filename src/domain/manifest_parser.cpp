// The rules for a valid manifest, applied to its parsed members.
#include "domain/manifest_parser.hpp"

#include "base/text.hpp"

#include <span>
#include <utility>

namespace gantry {

namespace {

error schema1_refused() {
  return invalid_manifest(
    "image manifest schema 1 is not supported; push the image again with a client "
    "that writes schema 2 or OCI manifests (docker 1.10 or newer)");
}

bool is_schema1(const media_type& type) noexcept {
  return type == media_types::docker_schema1 || type == media_types::docker_schema1_signed;
}

/// Whether the type is neither an image manifest nor an index by name, so that the shape decides.
bool is_read_by_shape(const media_type& type) noexcept {
  return !is_image_manifest(type) && !is_index(type);
}

bool may_be_manifest(const media_type& type) noexcept {
  const std::string& text = type.to_string();
  return text.starts_with("application/vnd.") && text.ends_with("+json");
}

/// The Content-Type, which the `mediaType` field must match; without it, that field.
result<media_type> decide_type(const manifest_members& members,
                               const std::optional<media_type>& content_type) {
  if (members.media_type.fault)
    return *members.media_type.fault;
  const auto& text = members.media_type.value;
  if (!text || text->empty()) {
    if (content_type)
      return *content_type;
    return invalid_manifest("neither Content-Type nor mediaType gives a type");
  }
  const auto field = media_type::parse(*text);
  if (!field)
    return invalid_manifest("malformed mediaType " + excerpt(*text));
  if (content_type && *content_type != *field)
    return invalid_manifest("mediaType " + *text + " differs from Content-Type " +
                            content_type->to_string());
  if (is_schema1(*field))
    return schema1_refused();
  if (!may_be_manifest(*field))
    return invalid_manifest("mediaType " + *text + " is not a manifest type");
  return *field;
}

result<void> check_version(const manifest_members& members, bool may_be_absent) {
  const auto& version = members.schema_version;
  if (!version.is_written && may_be_absent)
    return {};
  if (version.value == 1)
    return schema1_refused();
  if (version.value != 2)
    return invalid_manifest("schemaVersion must be 2");
  return {};
}

/// Image or index: by type if that is known, else by shape.
result<manifest_kind> decide_kind(const manifest_members& members, const media_type& type,
                                  docker_config config) {
  const bool like_index = members.manifests.is_written;
  const bool like_image = members.layers.is_written || members.config.is_written;
  // CVE-2021-41190: two clients must not interpret the same bytes differently.
  if (like_index && like_image)
    return invalid_manifest("both manifests and layers or config");
  if (is_image_manifest(type)) {
    const bool optional = config == docker_config::optional && type == media_types::docker_manifest;
    if (members.config.is_absent_or_null() && !optional)
      return invalid_manifest("config is missing");
    return manifest_kind::image;
  }
  if (is_index(type)) {
    if (!like_index)
      return invalid_manifest("manifests is missing");
    return manifest_kind::index;
  }
  if (like_index)
    return manifest_kind::index;
  // Retired artifact manifests list `blobs`, or only a subject.
  if (like_image || members.blobs.is_written || type == media_types::oci_artifact)
    return manifest_kind::image;
  return fail(errc::media_type_unsupported, type.to_string());
}

/// Takes the value of `from`. Errors: its fault.
template <class T>
result<void> move_to(T& into, result<T> from) {
  if (!from)
    return std::move(from).error();
  into = std::move(*from);
  return {};
}

result<void> take_image(manifest_contents& into, manifest_members& members) {
  const bool is_retired = !members.config.is_written && !members.layers.is_written;
  auto taken = move_to(into.config, members.config.take_optional());
  if (taken)
    taken = move_to(into.layers, (is_retired ? members.blobs : members.layers).take());
  return taken;
}

/// Takes the members that all kinds share.
result<void> take_shared(manifest_contents& into, manifest_members& members) {
  auto taken = move_to(into.subject, members.subject.take_optional());
  if (taken)
    taken = move_to(into.artifact_type, members.artifact_type.take());
  if (!taken)
    return taken;
  auto annotations = members.annotations.take();
  if (!annotations)
    return std::move(annotations).error();
  into.annotations = std::move(annotations->text);
  if (into.artifact_type.empty() && into.config)
    into.artifact_type = into.config->media_type;
  return {};
}

struct interpretation {
  media_type type;
  manifest_contents contents;
};

result<interpretation> interpret(result<manifest_members>& members,
                                 const std::optional<media_type>& content_type,
                                 docker_config config) {
  if (content_type && is_schema1(*content_type))
    return schema1_refused();
  if (content_type && !may_be_manifest(*content_type))
    return fail(errc::media_type_unsupported, content_type->to_string());
  if (!members)
    return members.error();
  auto type = decide_type(*members, content_type);
  if (!type)
    return std::move(type).error();
  if (auto version = check_version(*members, is_read_by_shape(*type)); !version)
    return std::move(version).error();
  const auto kind = decide_kind(*members, *type, config);
  if (!kind)
    return kind.error();
  interpretation made{std::move(*type), {}};
  made.contents.kind = *kind;
  auto taken = *kind == manifest_kind::index
                 ? move_to(made.contents.children, members->manifests.take())
                 : take_image(made.contents, *members);
  if (taken)
    taken = take_shared(made.contents, *members);
  if (!taken)
    return std::move(taken).error();
  return made;
}

/// The declared type of bytes that are not a manifest; by default docker's schema 2.
media_type fallback_type(const result<manifest_members>& members) {
  if (members && members->media_type.value) {
    if (auto field = media_type::parse(*members->media_type.value))
      return std::move(*field);
  }
  return media_type::parse(media_types::docker_manifest).value();
}

} // namespace

manifest_parser::manifest_parser(std::string bytes, std::optional<media_type> content_type,
                                 digest_algorithm algorithm)
  : bytes_{std::move(bytes)},
    content_type_{std::move(content_type)},
    hasher_{algorithm},
    reader_{manifest::max_depth} {}

void manifest_parser::advance(std::size_t most) {
  const auto piece = std::string_view{bytes_}.substr(seen_, most);
  hasher_.update(std::as_bytes(std::span{piece}));
  reader_.write(piece);
  seen_ += piece.size();
}

digest manifest_parser::id() {
  advance(left());
  return hasher_.peek();
}

result<manifest> manifest_parser::finish(docker_config config) {
  const auto its_id = id();
  auto members = reader_.finish();
  auto read = interpret(members, content_type_, config);
  if (!read)
    return std::move(read).error();
  return manifest{std::move(bytes_), its_id, std::move(read->type), std::move(read->contents)};
}

manifest manifest_parser::accept(const std::optional<digest>& trusted) {
  const auto its_id = trusted ? *trusted : id();
  advance(left());
  auto members = reader_.finish();
  if (auto read = interpret(members, content_type_, docker_config::optional))
    return {std::move(bytes_), its_id, std::move(read->type), std::move(read->contents)};
  return {std::move(bytes_), its_id, content_type_ ? *content_type_ : fallback_type(members), {}};
}

manifest_contents read_contents(std::string_view bytes, const media_type& type) {
  manifest_reader reader{manifest::max_depth};
  reader.write(bytes);
  auto members = reader.finish();
  auto read = interpret(members, type, docker_config::optional);
  return read ? std::move(read->contents) : manifest_contents{};
}

} // namespace gantry
