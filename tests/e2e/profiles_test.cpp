// Registries that Gantry imitates, as clients see them.
#include "profiles/profile.hpp"
#include "support/registry_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;

namespace {

struct imitating_registry {
  explicit imitating_registry(const char* name, std::vector<std::string> known = {})
    : server{[&](auto& settings) {
        settings.api.profile = gantry::profiles::find(name);
        settings.api.known_repositories = gantry::tag_patterns{std::move(known)};
      }} {}

  running_registry server;
  registry_client client{server};
};

void push_tags(registry_client& client, const std::string& repository, int count) {
  for (int i = 0; i < count; ++i)
    client.push_manifest(repository, "t" + std::to_string(i), lone_manifest("x"));
}

std::size_t tags_in(const http_response& response) {
  return json::parse(response.body).as_object().at("tags").as_array().size();
}

void set_clock(registry_client& client, const std::string& change) {
  const auto response = client.post("/__parlel/clock", {}, change);
  BOOST_REQUIRE_MESSAGE(response.status == 200, response.body);
}

std::string message_of(const http_response& response) {
  const auto errors = json::parse(response.body).as_object().at("errors").as_array();
  return std::string{errors.at(0).as_object().at("message").as_string()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(profiles)

BOOST_AUTO_TEST_CASE(docker_hub_grants_100_pulls) {
  imitating_registry hub{"dockerhub"};
  auto& client = hub.client;
  client.push_manifest("team/app", "v1", lone_manifest("a"));
  const auto target = manifest_path("team/app", "v1");
  BOOST_TEST(client.head(target).header("ratelimit-remaining") == "100;w=21600");
  for (int i = 0; i < 100; ++i)
    BOOST_TEST_REQUIRE(client.get(target).status == 200);
  const auto refused = client.get(target);
  BOOST_TEST(refused.status == 429);
  BOOST_TEST(refused.header("ratelimit-limit") == "100;w=21600");
  BOOST_TEST(refused.header("ratelimit-remaining") == "0;w=21600");
  BOOST_TEST(refused.header("docker-ratelimit-source") == "127.0.0.1");
  BOOST_TEST(!refused.header("Retry-After").empty());
  expect_error(client, {.method = "GET", .target = target}, 429, "TOOMANYREQUESTS");
  BOOST_TEST(client.head(target).status == 200);
  BOOST_TEST(client.get("/v2/").status == 200);
  set_clock(client, R"({"advance":"6h"})");
  BOOST_TEST(client.get(target).header("ratelimit-remaining") == "99;w=21600");
}

BOOST_AUTO_TEST_CASE(a_reset_grants_quotas_anew) {
  imitating_registry hub{"dockerhub"};
  auto& client = hub.client;
  const auto target = manifest_path("team/app", "v1");
  client.push_manifest("team/app", "v1", lone_manifest("a"));
  BOOST_TEST(client.get(target).header("ratelimit-remaining") == "99;w=21600");
  BOOST_TEST(client.post("/__parlel/reset").status == 200);
  client.push_manifest("team/app", "v1", lone_manifest("a"));
  BOOST_TEST(client.get(target).header("ratelimit-remaining") == "99;w=21600");
}

BOOST_AUTO_TEST_CASE(ecr_takes_ten_manifests_a_second) {
  imitating_registry ecr{"ecr", {"app"}};
  auto& client = ecr.client;
  set_clock(client, R"({"frozen":true})");
  const auto push = [&client] {
    return client.put(manifest_path("app", "v1"), {{"Content-Type", types::index}},
                      lone_manifest("a"));
  };
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(push().status == 201);
  const auto refused = push();
  BOOST_TEST(refused.status == 429);
  BOOST_TEST(refused.header("Retry-After") == "1");
  set_clock(client, R"({"advance":"1s"})");
  BOOST_TEST(push().status == 201);
}

BOOST_AUTO_TEST_CASE(ecr_creates_no_repository) {
  imitating_registry ecr{"ecr", {"known/*"}};
  auto& client = ecr.client;
  const auto refused = client.post(uploads_path("team/app"));
  BOOST_TEST(refused.status == 404);
  BOOST_TEST(message_of(refused) == "The repository with name 'team/app' does not exist in the "
                                    "registry with id '123456789012'");
  client.push_image("known/app", "v1", "a");
  expect_error(client, {.method = "POST", .target = uploads_path("known")}, 404, "NAME_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(ecr_answers_in_its_own_way) {
  imitating_registry ecr{"ecr", {"app"}};
  auto& client = ecr.client;
  client.push_manifest("app", "v1", lone_manifest("a"));
  const auto target = manifest_path("app", "v1");
  BOOST_TEST(client.get(target).header("Docker-Content-Digest").empty());
  BOOST_TEST(client.head(target).header("Docker-Content-Digest") == sha256(lone_manifest("a")));
  BOOST_TEST(client.patch(client.start_upload("app"), {}, "abc").status == 201);
  BOOST_TEST(client.get(tags_path("app", "n=1000")).status == 200);
  expect_error(client, {.method = "GET", .target = tags_path("app", "n=1001")}, 405, "UNSUPPORTED");
  expect_error(client, {.method = "GET", .target = "/v2/_catalog?n=1001"}, 405, "UNSUPPORTED");
}

BOOST_AUTO_TEST_CASE(artifact_registry_wants_three_components_in_a_repository) {
  imitating_registry gar{"gar", {"project/docker"}};
  auto& client = gar.client;
  expect_error(client, {.method = "POST", .target = uploads_path("project/docker")}, 400,
               "NAME_INVALID");
  const auto refused = client.post(uploads_path("project/other/app"));
  BOOST_TEST(refused.status == 404);
  BOOST_TEST(message_of(refused) == "Repository \"project/other\" not found");
  client.push_image("project/docker/app", "v1", "a");
  imitating_registry empty{"gar"};
  expect_error(empty.client, {.method = "POST", .target = uploads_path("project/docker/app")}, 404,
               "NAME_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(artifact_registry_takes_blobs_in_one_chunk) {
  imitating_registry gar{"gar", {"*"}};
  auto& client = gar.client;
  const auto location = client.start_upload("a/b/c");
  BOOST_TEST(client.patch(location, {{"Content-Range", "0-2"}}, "abc").status == 202);
  BOOST_TEST(client.patch(location, {{"Content-Range", "3-5"}}, "def").status == 400);
}

BOOST_AUTO_TEST_CASE(artifact_registry_keeps_manifests_with_tags) {
  imitating_registry gar{"gar", {"*"}};
  auto& client = gar.client;
  const auto image = client.push_image("a/b/c", "v1", "a");
  const auto by_digest = manifest_path("a/b/c", image.digest);
  const auto refused = client.erase(by_digest);
  BOOST_TEST(refused.status == 400);
  BOOST_TEST(message_of(refused) == "Manifest is still referenced by tag: v1");
  BOOST_TEST(client.erase(manifest_path("a/b/c", "v1")).status == 202);
  BOOST_TEST(client.erase(by_digest).status == 202);
}

BOOST_AUTO_TEST_CASE(harbor_wants_a_project) {
  imitating_registry harbor{"harbor", {"project"}};
  auto& client = harbor.client;
  expect_error(client, {.method = "POST", .target = uploads_path("app")}, 401, "UNAUTHORIZED");
  expect_error(client, {.method = "POST", .target = uploads_path("project")}, 401, "UNAUTHORIZED");
  expect_error(client, {.method = "POST", .target = uploads_path("projects/app")}, 401,
               "UNAUTHORIZED");
  client.push_image("project/app", "v1", "a");
}

BOOST_AUTO_TEST_CASE(docker_registry_lists_all_tags_on_one_page) {
  imitating_registry old{"distribution2"};
  auto& client = old.client;
  push_tags(client, "app", 120);
  const auto all = client.get(tags_path("app", "n=5&last=t7"));
  BOOST_TEST(tags_in(all) == 120u);
  BOOST_TEST(all.header("Link").empty());
}

BOOST_AUTO_TEST_CASE(newer_ones_page_if_they_are_asked_to) {
  for (const auto* name : {"distribution3", "zot"}) {
    imitating_registry newer{name};
    auto& client = newer.client;
    push_tags(client, "app", 120);
    BOOST_TEST(tags_in(client.get(tags_path("app"))) == 120u);
    const auto page = client.get(tags_path("app", "n=5"));
    BOOST_TEST(tags_in(page) == 5u);
    BOOST_TEST(!page.header("Link").empty());
  }
}

BOOST_AUTO_TEST_CASE(a_post_with_a_blob_opens_an_upload) {
  imitating_registry old{"distribution2"};
  auto& client = old.client;
  const auto response = client.post(uploads_path("app") + "?digest=" + sha256("x"), {}, "x");
  BOOST_TEST(response.status == 202);
  BOOST_TEST(client.put(response.header("Location") + "?digest=" + sha256("x"), {}, "x").status ==
             201);
}

BOOST_AUTO_TEST_CASE(zot_refuses_dockers_types) {
  imitating_registry zot{"zot"};
  const auto response = zot.client.put(manifest_path("app", "v1"),
                                       {{"Content-Type", types::docker_list}}, lone_manifest("a"));
  BOOST_TEST(response.status == 415);
  zot.client.push_manifest("app", "v1", lone_manifest("a"));
}

BOOST_AUTO_TEST_CASE(what_is_not_content_is_not_changed) {
  imitating_registry gar{"gar"};
  BOOST_TEST(gar.client.get("/v2/").status == 200);
  BOOST_TEST(gar.client.get("/health").status == 200);
  BOOST_TEST(gar.client.get("/__parlel/requests").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
