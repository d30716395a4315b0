// What clients may delete, and what remains.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

void check_deleted(const http_response& response) {
  BOOST_TEST(response.status == 202);
  BOOST_TEST(response.header("Content-Length") == "0");
  BOOST_TEST(response.body.empty());
}

/// A registry with the seed and a policy against deletion.
void check_nothing_can_be_deleted(running_registry& server) {
  registry_client client{server};
  const auto latest = manifest_path("library/hello-world", "latest");
  const auto before = client.get(latest);
  BOOST_REQUIRE(before.status == 200);
  const auto by_digest =
    manifest_path("library/hello-world", before.header("Docker-Content-Digest"));
  const auto at = before.body.find("\"digest\":\"") + 10;
  const auto blob = blob_path("library/hello-world", before.body.substr(at, 71));
  BOOST_REQUIRE(client.head(blob).status == 200);
  for (const auto& target : {latest, by_digest, blob})
    expect_error(client, {"DELETE", target}, 405, "UNSUPPORTED");
  BOOST_TEST(client.get(latest).body == before.body);
  BOOST_TEST(client.get(by_digest).body == before.body);
  BOOST_TEST(client.head(blob).status == 200);
  BOOST_TEST(client.get(tags_path("library/hello-world")).body ==
             R"({"name":"library/hello-world","tags":["latest"]})");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(deletion, registry_case, *boost::unit_test::fixture<shared_registry>())

// case 160
BOOST_AUTO_TEST_CASE(deleting_a_tag_leaves_the_manifest_and_its_other_tags) {
  const auto image = client.push_image("del/tag", "gone", "image");
  client.push_manifest("del/tag", "stays", image.bytes, image.media_type);
  check_deleted(client.erase(manifest_path("del/tag", "gone")));
  BOOST_TEST(client.head(manifest_path("del/tag", "gone")).status == 404);
  BOOST_TEST(client.get(manifest_path("del/tag", image.digest)).body == image.bytes);
  BOOST_TEST(client.get(manifest_path("del/tag", "stays")).body == image.bytes);
  BOOST_TEST(client.get(tags_path("del/tag")).body == R"({"name":"del/tag","tags":["stays"]})");
}

// case 161
BOOST_AUTO_TEST_CASE(absent_content_cannot_be_deleted) {
  client.push_manifest("del/unknown", "t", lone_manifest("x"));
  expect_error(client, {"DELETE", manifest_path("del/unknown", "absent")}, 404, "MANIFEST_UNKNOWN");
  expect_error(client, {"DELETE", manifest_path("del/unknown", digest_of_nothing())}, 404,
               "MANIFEST_UNKNOWN");
  expect_error(client, {"DELETE", blob_path("del/unknown", digest_of_nothing())}, 404,
               "BLOB_UNKNOWN");
  for (const auto& target :
       {manifest_path("del/no-such", "t"), manifest_path("del/no-such", digest_of_nothing()),
        blob_path("del/no-such", digest_of_nothing())})
    expect_error(client, {"DELETE", target}, 404, "");
}

// case 162
BOOST_AUTO_TEST_CASE(deleting_a_manifest_deletes_its_tags_too) {
  const auto image = client.push_image("del/digest", "one", "image");
  client.push_manifest("del/digest", "two", image.bytes, image.media_type);
  client.push_manifest("del/digest", "other", lone_manifest("other"));
  check_deleted(client.erase(manifest_path("del/digest", image.digest)));
  for (const auto& name : {std::string{"one"}, std::string{"two"}, image.digest})
    expect_error(client, {"GET", manifest_path("del/digest", name)}, 404, "MANIFEST_UNKNOWN");
  BOOST_TEST(client.get(tags_path("del/digest")).body ==
             R"({"name":"del/digest","tags":["other"]})");
  expect_error(client, {"DELETE", manifest_path("del/digest", image.digest)}, 404,
               "MANIFEST_UNKNOWN");
}

// case 162
BOOST_AUTO_TEST_CASE(after_the_last_manifest_the_tags_are_an_empty_list_or_unknown) {
  const auto id = client.push_manifest("del/last", "t", lone_manifest("last"));
  check_deleted(client.erase(manifest_path("del/last", id)));
  const auto response = client.get(tags_path("del/last"));
  BOOST_TEST((response.status == 404 || response.body == R"({"name":"del/last","tags":[]})"));
  client.push_manifest("del/last", "t", lone_manifest("last"));
  BOOST_TEST(client.get(manifest_path("del/last", "t")).status == 200);
}

// case 163
BOOST_AUTO_TEST_CASE(with_deletes_disabled_nothing_changes) {
  running_registry server{[](auto& settings) {
    settings.api.allow_delete = false;
    settings.seed = "true";
  }};
  check_nothing_can_be_deleted(server);
  registry_client pushing{server};
  BOOST_TEST(pushing.erase(pushing.start_upload("del/off")).status == 204);
}

// case 164
BOOST_AUTO_TEST_CASE(a_read_only_registry_deletes_nothing) {
  running_registry server{[](auto& settings) {
    settings.api.read_only = true;
    settings.seed = "true";
  }};
  check_nothing_can_be_deleted(server);
}

// case 165
BOOST_AUTO_TEST_CASE(a_child_of_an_index_can_be_deleted) {
  const auto image = client.push_image("del/child", "child", "image");
  const auto index = render(index_parts{.manifests = {describe(types::manifest, image.bytes)}});
  client.push_manifest("del/child", "index", index);
  check_deleted(client.erase(manifest_path("del/child", image.digest)));
  BOOST_TEST(client.get(manifest_path("del/child", "index")).body == index);
}

// case 166
BOOST_AUTO_TEST_CASE(a_deleted_blob_is_gone_only_from_this_repository) {
  const auto id = client.push_blob("del/blob", "shared bytes");
  client.push_blob("del/blob2", "shared bytes");
  const auto target = blob_path("del/blob", id);
  check_deleted(client.erase(target));
  BOOST_TEST(client.head(target).status == 404);
  expect_error(client, {"GET", target}, 404, "BLOB_UNKNOWN");
  expect_error(client, {"DELETE", target}, 404, "BLOB_UNKNOWN");
  BOOST_TEST(client.get(blob_path("del/blob2", id)).body == "shared bytes");
  client.push_blob("del/blob", "shared bytes");
  BOOST_TEST(client.get(target).body == "shared bytes");
}

// case 167
BOOST_AUTO_TEST_CASE(a_blob_in_use_can_be_deleted) {
  const auto image = client.push_image("del/used", "t", "image");
  const auto target = blob_path("del/used", sha256(image.config));
  check_deleted(client.erase(target));
  BOOST_TEST(client.head(target).status == 404);
  BOOST_TEST(client.get(manifest_path("del/used", "t")).body == image.bytes);
}

// case 169
BOOST_AUTO_TEST_CASE(a_deleted_subject_keeps_its_referrers_list) {
  const auto subject = lone_manifest("subject");
  const auto subject_id = client.push_manifest("del/subject", "t", subject);
  const auto id = client.push_manifest(
    "del/subject", "ref", render(index_parts{.subject = describe(types::index, subject)}));
  check_deleted(client.erase(manifest_path("del/subject", subject_id)));
  const std::vector<std::string> expected{id};
  const auto list = [&] {
    return digests_of(client.get(referrers_path("del/subject", subject_id)).body);
  };
  BOOST_TEST(list() == expected, boost::test_tools::per_element());
  check_deleted(client.erase(manifest_path("del/subject", id)));
  BOOST_TEST(list().empty());
}

// case 145
BOOST_AUTO_TEST_CASE(an_immutable_tag_cannot_be_moved_in_two_steps) {
  running_registry server{[](auto& settings) { settings.actors.immutable_tags = {"v*"}; }};
  registry_client pushing{server};
  const auto image = pushing.push_image("del/fixed", "v1", "one");
  const auto other = pushing.push_image("del/fixed", "latest", "two");
  const header_list typed{{"Content-Type", types::manifest}};
  const auto by_digest = manifest_path("del/fixed", other.digest);
  std::vector<http_request> routes{
    {"DELETE", manifest_path("del/fixed", "v1")},
    {"DELETE", manifest_path("del/fixed", image.digest)},
    {"DELETE", blob_path("del/fixed", sha256(image.config))},
    {"PUT", manifest_path("del/fixed", "v1"), typed, other.bytes},
    {"PUT", with_query(by_digest, "tag=v1"), typed, other.bytes},
    {"PUT", with_query(by_digest, "tag=free&tag=v1"), typed, other.bytes}};
  for (const auto& layer : image.layers)
    routes.push_back({"DELETE", blob_path("del/fixed", sha256(layer))});
  for (const auto& route : routes) {
    expect_error(pushing, route, 409, "DENIED");
    BOOST_TEST(pushing.get(manifest_path("del/fixed", "v1")).body == image.bytes);
  }
  BOOST_TEST(pushing.head(manifest_path("del/fixed", "free")).status == 404);
  BOOST_TEST(pushing.put(manifest_path("del/fixed", "v1"), typed, image.bytes).status == 201);
  BOOST_TEST(pushing.erase(by_digest).status == 202);
}

namespace {

/// Pushes an image with a layer of a million bytes; returns the manifest's digest.
std::string push_large_image(registry_client& client, const std::string& repository,
                             std::uint32_t seed) {
  const auto layer = noise(1'000'000, seed);
  client.push_blob(repository, layer);
  client.push_blob(repository, "{}");
  return client.push_manifest(repository, "t",
                              render(image_parts{.config = describe(types::config, "{}"),
                                                 .layers = {describe(types::layer, layer)}}),
                              types::manifest);
}

} // namespace

BOOST_AUTO_TEST_CASE(deleting_images_makes_room_in_memory) {
  running_registry server{[](auto& settings) {
    settings.memory_limit = 4'000'000;
    settings.actors.blob_lease = 0ms;
  }};
  registry_client pusher{server};
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const auto id = push_large_image(pusher, "del/room", seed);
    check_deleted(pusher.erase(manifest_path("del/room", id)));
  }
}

BOOST_AUTO_TEST_CASE(a_collection_in_memory_reports_what_it_removed) {
  running_registry server{[](auto& settings) { settings.actors.blob_lease = 0ms; }};
  registry_client pusher{server};
  const auto id = push_large_image(pusher, "del/gc", 1);
  const auto collect = [&](const char* query = "") {
    return pusher.post(std::string{"/__gantry/gc"} + query).body;
  };
  BOOST_TEST(collect().find("\"links\":0") != std::string::npos);
  check_deleted(pusher.erase(manifest_path("del/gc", id)));
  BOOST_TEST(collect("?dry_run=true").find("\"links\":2") != std::string::npos);
  const auto report = collect();
  BOOST_TEST(report.find("\"links\":2") != std::string::npos);
  BOOST_TEST(report.find("\"blobs\":2") != std::string::npos);
  BOOST_TEST(report.find("\"bytes\":1000002") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
