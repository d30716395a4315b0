// Recorded request sequences of real clients, with their headers.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace gantry::test;
using namespace std::string_literals;

namespace {

const std::string six_types[]{types::manifest,
                              types::docker_manifest,
                              "application/vnd.docker.distribution.manifest.v1+prettyjws",
                              "application/vnd.docker.distribution.manifest.v1+json",
                              types::docker_list,
                              types::index};

/// An image that is built but not pushed.
struct built_image {
  std::vector<std::string> blobs;
  std::string manifest;
  std::string type;
};

built_image build(const std::string& mark, bool docker, std::size_t layers,
                  std::size_t layer_size = 300'000) {
  built_image image;
  image.type = docker ? types::docker_manifest : types::manifest;
  image.blobs = {R"({"os":"linux","mark":")" + mark + "\"}"};
  image_parts parts{.media_type = image.type,
                    .config =
                      describe(docker ? types::docker_config : types::config, image.blobs[0])};
  for (std::size_t i = 0; i < layers; ++i) {
    image.blobs.push_back(
      noise(layer_size, static_cast<std::uint32_t>(std::hash<std::string>{}(mark) + i)));
    parts.layers.push_back(
      describe(docker ? types::docker_layer : types::layer, image.blobs.back()));
  }
  image.manifest = render(parts);
  return image;
}

/// Every request on a separate connection, as in skopeo 1.9 and docker.
http_response once(const http_request& request) {
  registry_client client{shared_registry::get()};
  auto closing = request;
  closing.headers.emplace_back("Connection", "close");
  auto response = client.exchange(closing);
  if (response.status >= 200 && !client.peer_closes())
    throw http_failure{"the connection stays open after " + request.target};
  return response;
}

std::string digest_query(const http_response& response, const std::string& bytes) {
  return with_query(response.header("Location"), "digest=" + sha256(bytes));
}

http_response read_manifest_as_skopeo(const std::string& repository, const std::string& tag) {
  header_list accepted{{"User-Agent", "skopeo/1.9.3"},
                       {"Docker-Distribution-Api-Version", "registry/2.0"}};
  for (const auto& type : six_types)
    accepted.emplace_back("Accept", type);
  return once({"GET", manifest_path(repository, tag), accepted});
}

/// Pulls each blob of an image on a separate thread; returns how many arrived complete.
int pull_in_parallel(const std::string& repository, const std::vector<std::string>& blobs) {
  std::atomic<int> whole{0};
  std::vector<std::unique_ptr<background>> pulls;
  for (const auto& bytes : blobs)
    pulls.push_back(std::make_unique<background>([&](const std::atomic<bool>&) {
      const auto response = once({"GET", blob_path(repository, sha256(bytes))});
      whole += response.status == 200 && response.body == bytes ? 1 : 0;
    }));
  for (auto& pull : pulls)
    pull->join();
  return whole;
}

/// HEAD twice, POST, PATCH, PUT with an empty body; returns whether every answer suits skopeo.
bool push_blob_as_skopeo(const std::string& repository, const std::string& bytes, bool coded) {
  const auto place = blob_path(repository, sha256(bytes));
  for (int i = 0; i < 2; ++i)
    if (once({"HEAD", place}).status != 404)
      return false;
  const auto opened = once({"POST", uploads_path(repository)});
  if (opened.status != 202)
    return false;
  http_request patch{"PATCH", opened.header("Location"), {{"Content-Type", types::octets}}, bytes};
  if (coded) {
    patch.headers.emplace_back("Transfer-Encoding", "chunked");
    patch.body = chunked(bytes, 32'768);
  }
  const auto patched = once(patch);
  if (patched.status / 100 != 2)
    return false;
  const auto done = once({"PUT", digest_query(patched, bytes), {{"Content-Type", types::octets}}});
  return done.status == 201;
}

/// POST, chunked PATCH without a Content-Type, PUT, HEAD.
bool push_blob_as_docker(const std::string& repository, const std::string& bytes) {
  const auto opened = once({"POST", uploads_path(repository)});
  const auto patched = once({"PATCH",
                             opened.header("Location"),
                             {{"Transfer-Encoding", "chunked"}, {"User-Agent", "docker/20.10.24"}},
                             chunked(bytes, 32'768)});
  const auto done = once({"PUT", digest_query(patched, bytes)});
  const auto head = once({"HEAD", blob_path(repository, sha256(bytes))});
  return opened.status == 202 && patched.status == 202 && done.status == 201 &&
         head.status == 200 && head.header("Content-Length") == std::to_string(bytes.size());
}

struct skopeo_source {
  const char* name;
  bool coded;
};

std::ostream& operator<<(std::ostream& out, const skopeo_source& row) {
  return out << row.name;
}

const header_list containerd_accepts{{"Accept", std::string{types::docker_manifest} + ", " +
                                                  types::docker_list + ", " + types::manifest +
                                                  ", " + types::index + ", */*"}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(clients_sequences, registry_case,
                         *boost::unit_test::fixture<shared_registry>())

BOOST_DATA_TEST_CASE(skopeo_copies_in_and_out,
                     boost::unit_test::data::make(std::vector<skopeo_source>{
                       {"seq/skopeo-layout", false}, {"seq/skopeo-archive", true}}),
                     source) {
  const std::string repository = source.name;
  const auto image = build(repository, false, 5);
  BOOST_TEST(once({"GET", "/v2/"}).status == 200);
  std::atomic<int> pushed{0};
  std::vector<std::unique_ptr<background>> pushes;
  for (const auto& bytes : image.blobs)
    pushes.push_back(std::make_unique<background>([&](const std::atomic<bool>&) {
      pushed += push_blob_as_skopeo(repository, bytes, source.coded) ? 1 : 0;
    }));
  for (auto& push : pushes)
    push->join();
  BOOST_TEST(pushed == 6);
  const auto put =
    once({"PUT", manifest_path(repository, "1"), {{"Content-Type", image.type}}, image.manifest});
  BOOST_TEST(put.status == 201);

  BOOST_TEST(once({"GET", "/v2/"}).status == 200);
  const auto read = read_manifest_as_skopeo(repository, "1");
  BOOST_TEST(read.body == image.manifest);
  BOOST_TEST(read.header("Content-Type") == image.type);
  BOOST_TEST(pull_in_parallel(repository, image.blobs) == 6);
}

BOOST_AUTO_TEST_CASE(skopeo_reads_the_words_manifest_unknown) {
  const auto response = read_manifest_as_skopeo("seq/skopeo-absent", "1");
  BOOST_TEST(response.status == 404);
  BOOST_TEST(response.body.find("manifest unknown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(skopeo_deletes_by_the_digest_of_a_tag) {
  client.push_image("seq/skopeo-delete", "1", "deleted");
  const auto head = once({"HEAD", manifest_path("seq/skopeo-delete", "1")});
  const auto digest = head.header("Docker-Content-Digest");
  BOOST_TEST(once({"DELETE", manifest_path("seq/skopeo-delete", digest)}).status == 202);
  BOOST_TEST(once({"GET", manifest_path("seq/skopeo-delete", "1")}).status == 404);
}

BOOST_AUTO_TEST_CASE(docker_pushes_mounts_and_pulls) {
  registry_client tls{shared_registry::get()};
  tls.send("\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03"s + noise(250, 5));
  BOOST_TEST(tls.receive().status == 400);
  BOOST_TEST(tls.peer_closes());

  const auto image = build("docker", true, 5);
  BOOST_TEST(once({"GET", "/v2/"}).status == 200);
  std::atomic<int> pushed{0};
  std::vector<std::unique_ptr<background>> pushes;
  for (const auto& bytes : image.blobs)
    pushes.push_back(std::make_unique<background>([&](const std::atomic<bool>&) {
      pushed += push_blob_as_docker("seq/docker", bytes) ? 1 : 0;
    }));
  for (auto& push : pushes)
    push->join();
  BOOST_TEST(pushed == 6);
  const header_list typed{{"Content-Type", image.type}};
  BOOST_TEST(once({"PUT", manifest_path("seq/docker", "1"), typed, image.manifest}).status == 201);

  for (const auto& bytes : image.blobs) {
    const auto id = sha256(bytes);
    BOOST_TEST(once({"HEAD", blob_path("seq/docker2", id)}).status == 404);
    const auto mount = "from=seq%2Fdocker&mount=sha256%3A" + id.substr(7);
    const auto mounted = once({"POST", with_query(uploads_path("seq/docker2"), mount)});
    BOOST_TEST(mounted.status == 201);
    BOOST_TEST(mounted.header("Docker-Content-Digest") == id);
    BOOST_TEST(once({"HEAD", blob_path("seq/docker2", id)}).status == 200);
  }
  BOOST_TEST(once({"PUT", manifest_path("seq/docker2", "1"), typed, image.manifest}).status == 201);

  const auto head = once({"HEAD", manifest_path("seq/docker2", "1")});
  BOOST_TEST(head.header("Content-Type") == types::docker_manifest);
  const auto digest = head.header("Docker-Content-Digest");
  BOOST_TEST(once({"GET", manifest_path("seq/docker2", digest)}).body == image.manifest);
  BOOST_TEST(pull_in_parallel("seq/docker2", image.blobs) == 6);
}

BOOST_AUTO_TEST_CASE(containerd_pushes_with_one_put_per_blob) {
  const auto image = build("containerd", false, 3);
  const auto ns = std::string{"ns=registry.example"};
  for (const auto& bytes : image.blobs) {
    const auto id = sha256(bytes);
    const auto place = with_query(blob_path("seq/containerd", id), ns);
    BOOST_TEST(client.head(place, containerd_accepts).status == 404);
    const auto target = with_query(uploads_path("seq/containerd"), "mount=" + id + "&from=a/b");
    const auto opened = client.post(with_query(target, ns));
    BOOST_TEST(opened.status == 202);
    const header_list coded{{"Content-Type", types::octets}, {"Transfer-Encoding", "chunked"}};
    BOOST_TEST(client.put(digest_query(opened, bytes), coded, chunked(bytes, 32'768)).status ==
               201);
  }
  const auto place = with_query(manifest_path("seq/containerd", "1"), ns);
  BOOST_TEST(client.head(place, containerd_accepts).status == 404);
  const header_list typed{{"Content-Type", image.type}, {"Transfer-Encoding", "chunked"}};
  BOOST_TEST(client.put(place, typed, chunked(image.manifest)).status == 201);
  BOOST_TEST(client.head(place, containerd_accepts).header("Docker-Content-Digest") ==
             sha256(image.manifest));
}

BOOST_AUTO_TEST_CASE(containerd_resumes_a_broken_pull) {
  const auto image = build("resumed", false, 1, 3'000'000);
  const auto& bytes = image.blobs[1];
  const auto place = blob_path("seq/resume", client.push_blob("seq/resume", bytes));
  registry_client breaking{shared_registry::get()};
  breaking.send_head("GET", place, containerd_accepts);
  BOOST_TEST(eventually([&breaking] { return !breaking.silent(); }));
  breaking.reset();
  for (const std::size_t at : {1U, 1'000'000U, 2'999'999U}) {
    const auto rest = client.get(place, {{"Range", "bytes=" + std::to_string(at) + "-"}});
    BOOST_TEST(rest.status == 206);
    BOOST_TEST(rest.header("Content-Range") == "bytes " + std::to_string(at) + "-2999999/3000000");
    BOOST_TEST((rest.body == bytes.substr(at)));
  }
}

BOOST_AUTO_TEST_CASE(containerd_opens_many_ranges_and_closes_them_early) {
  const auto bytes = noise(8'000'000, 21);
  const auto place = blob_path("seq/ranges", client.push_blob("seq/ranges", bytes));
  std::vector<registry_client> open;
  for (int i = 0; i < 8; ++i) {
    open.emplace_back(shared_registry::get());
    open.back().send_head("GET", place,
                          {{"Range", "bytes=" + std::to_string(i * 1'000'000) + "-"}});
  }
  for (auto& one : open)
    BOOST_TEST(eventually([&one] { return !one.silent(); }));
  open.clear();
  BOOST_TEST((client.get(place).body == bytes));
}

BOOST_AUTO_TEST_CASE(containerd_asks_for_a_manifest_from_an_offset) {
  const auto image = client.push_image("seq/ranges", "t", "manifest range");
  const auto response = client.get(manifest_path("seq/ranges", image.digest),
                                   {{"Accept", "*/*"}, {"Range", "bytes=0-"}});
  BOOST_TEST((response.status == 200 || response.status == 206));
  BOOST_TEST(response.body == image.bytes);
}

BOOST_AUTO_TEST_CASE(crane_pushes_with_a_patch_of_known_length) {
  const auto image = build("crane", false, 2);
  BOOST_TEST(client.get("/v2/").status == 200);
  const auto place = manifest_path("seq/crane", "1");
  BOOST_TEST(client.head(place).status == 404);
  for (const auto& bytes : image.blobs) {
    BOOST_TEST(client.head(blob_path("seq/crane", sha256(bytes))).status == 404);
    const auto opened = client.post(uploads_path("seq/crane"));
    const auto patched = client.patch(opened.header("Location"), {}, bytes);
    BOOST_TEST(patched.status == 202);
    BOOST_TEST(client.put(digest_query(patched, bytes)).status == 201);
  }
  BOOST_TEST(client.put(place, {{"Content-Type", image.type}}, image.manifest).status == 201);
  const auto id = sha256(image.blobs[1]);
  const auto mount = "mount=" + id + "&from=seq/crane&origin=127.0.0.1";
  BOOST_TEST(client.post(with_query(uploads_path("seq/crane2"), mount)).status == 201);
  BOOST_TEST(client.get(tags_path("seq/crane", "n=1000")).body ==
             R"({"name":"seq/crane","tags":["1"]})");
  BOOST_TEST(client.get("/v2/_catalog?n=1000").body.find("\"seq/crane\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(oras_attaches_discovers_and_deletes) {
  const auto image = client.push_image("seq/oras", "1", "subject");
  const auto push = [this](const std::string& bytes) {
    if (client.head(blob_path("seq/oras", sha256(bytes))).status == 200)
      return;
    const auto opened = client.post(uploads_path("seq/oras"));
    const header_list typed{{"Content-Type", types::octets}};
    BOOST_TEST(client.put(digest_query(opened, bytes), typed, bytes).status == 201);
  };
  push("{}");
  push("a signature");
  const auto artifact =
    render(image_parts{.config = describe(types::empty, "{}"),
                       .layers = {describe("application/x.signature", "a signature")},
                       .subject = describe(types::manifest, image.bytes),
                       .artifact_type = "application/x.signature"});
  const auto place = manifest_path("seq/oras", sha256(artifact));
  BOOST_TEST(client.head(place).status == 404);
  const auto put = client.put(place, {{"Content-Type", types::manifest}}, artifact);
  BOOST_TEST(put.status == 201);
  BOOST_TEST(put.header("OCI-Subject") == image.digest);

  const auto listed =
    client.get(referrers_path("seq/oras", image.digest, "artifactType=application%2Fx.signature"));
  BOOST_TEST(digests_of(listed.body) == std::vector{sha256(artifact)},
             boost::test_tools::per_element());

  const auto probe = client.get(referrers_path("seq/oras", digest_of_nothing()));
  BOOST_TEST(probe.status == 200);
  BOOST_TEST(probe.header("Content-Type") == types::index);
  BOOST_TEST(digests_of(probe.body).empty());
  BOOST_TEST(client.erase(place).status == 202);
  BOOST_TEST(digests_of(client.get(referrers_path("seq/oras", image.digest)).body).empty());
}

BOOST_AUTO_TEST_CASE(oras_seeks_in_blobs) {
  const auto bytes = noise(10'000, 22);
  const auto place = blob_path("seq/oras", client.push_blob("seq/oras", bytes));
  const auto head = client.head(place);
  BOOST_TEST(head.header("Accept-Ranges") == "bytes");
  BOOST_TEST(head.header("Content-Length") == "10000");
  BOOST_TEST((client.get(place, {{"Range", "bytes=5000-9999"}}).body == bytes.substr(5000)));
}

BOOST_AUTO_TEST_CASE(buildkit_exports_a_cache) {
  const std::string config(1'200'000, ' ');
  const auto cache = client.push_blob("seq/cache", config + "{}");
  const auto layer = client.push_blob("seq/build", "a cached layer");
  const auto mount = "mount=" + layer + "&from=seq/build";
  BOOST_TEST(client.post(with_query(uploads_path("seq/cache"), mount)).status == 201);
  const auto bytes = render(index_parts{
    .manifests = {describe(types::layer, "a cached layer"),
                  {"application/vnd.buildkit.cacheconfig.v0", cache, config.size() + 2}}});
  const auto put =
    client.put(manifest_path("seq/cache", "cache"), {{"Content-Type", types::index}}, bytes);
  BOOST_TEST(put.status == 201);
  BOOST_TEST(client.get(manifest_path("seq/cache", "cache")).body == bytes);
}

BOOST_AUTO_TEST_CASE(regclient_resumes_from_the_answer_to_a_wrong_range) {
  const auto bytes = noise(100'000, 23);
  const auto session = client.start_upload("seq/regclient");
  BOOST_TEST(
    client.patch(session, {{"Content-Range", "0-49999"}}, bytes.substr(0, 50'000)).status == 202);
  const auto wrong =
    client.patch(session, {{"Content-Range", "60000-99999"}}, bytes.substr(60'000));
  BOOST_TEST(wrong.status == 416);
  BOOST_TEST(wrong.header("Range") == "0-49999");
  if (wrong.closes())
    client.reconnect();
  const auto patched = client.patch(path_of(wrong.header("Location")),
                                    {{"Content-Range", "50000-99999"}}, bytes.substr(50'000));
  BOOST_TEST(patched.status == 202);
  BOOST_TEST(client.put(digest_query(patched, bytes)).status == 201);
}

BOOST_AUTO_TEST_SUITE_END()
