// Images that are copied within a registry, and repositories that are deleted and renamed.
#include "policy_registry.hpp"
#include "support/registry_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;
using lines = std::vector<std::string>;

namespace {

std::string copy_path(std::string_view from, std::string_view to) {
  return "/__gantry/v1/copy?from=" + std::string{from} + "&to=" + std::string{to};
}

std::string repository_path(std::string_view repository, std::string_view what = "/") {
  return "/__gantry/v1/repositories/" + std::string{repository} + std::string{what};
}

json::object object_in(const http_response& response) {
  BOOST_TEST(response.status == 200);
  return json::parse(response.body).as_object();
}

lines tags_in(registry_client& client, std::string_view repository) {
  lines tags;
  const auto answer = client.get("/v2/" + std::string{repository} + "/tags/list");
  if (answer.status == 404)
    return tags;
  const auto parsed = json::parse(answer.body);
  for (const auto& each : parsed.at("tags").as_array())
    tags.emplace_back(each.as_string());
  return tags;
}

/// The index `team/app:1` of an image, with a signature as a referrer of the image, and one with a
/// tag as cosign makes it.
struct promoting_registry {
  promoting_registry() {
    image = client.push_image("team/app", "image", "one");
    const index_parts both{.manifests = {describe(types::manifest, image.bytes)}};
    index = client.push_manifest("team/app", "1", render(both));
    index_parts signature{.subject = describe(types::manifest, image.bytes),
                          .artifact_type = "application/vnd.example.signature"};
    referrer = sha256(render(signature));
    client.push_manifest("team/app", referrer, render(signature));
    signed_tag = "sha256-" + index.substr(7) + ".sig";
    client.push_manifest("team/app", signed_tag, lone_manifest("signature"));
    client.push_manifest("team/app", "other", lone_manifest("other"));
  }

  json::object copy(std::string_view from, std::string_view to) {
    return object_in(client.post(copy_path(from, to)));
  }

  bool has(std::string_view repository, std::string_view reference) {
    return client.get(manifest_path(repository, reference)).status == 200;
  }

  http_response undo(std::string_view repository, const json::value& change) {
    return client.post(repository_path(repository, "/undo"), {},
                       json::serialize(json::object{{"sequence", change}}));
  }

  running_registry server{
    [](auto& settings) { settings.actors.gc.undo_window = std::chrono::hours{1}; }};
  registry_client client{server};
  pushed_image image;
  std::string index;
  std::string referrer;
  std::string signed_tag;
};

} // namespace

BOOST_AUTO_TEST_SUITE(repositories)

BOOST_FIXTURE_TEST_CASE(an_image_is_promoted_with_all_that_belongs_to_it, promoting_registry) {
  const auto made = copy("team/app:1", "prod/app");
  BOOST_TEST(made.at("tag").as_string() == "1");
  BOOST_TEST(made.at("digest").as_string() == index);
  BOOST_TEST(made.at("manifests").to_number<int>() == 4);
  BOOST_TEST(made.at("tags").to_number<int>() == 2);
  BOOST_TEST(tags_in(client, "prod/app") == (lines{"1", signed_tag}),
             boost::test_tools::per_element());
  BOOST_TEST(has("prod/app", image.digest));
  const auto listed = client.get("/v2/prod/app/referrers/" + image.digest);
  BOOST_TEST(listed.body.find(referrer) != std::string::npos);
  for (const auto& layer : image.layers)
    BOOST_TEST(client.get("/v2/prod/app/blobs/" + sha256(layer)).status == 200);
  BOOST_TEST(copy("team/app:1", "prod/app").at("change").to_number<int>() == 0);
  // It is one change.
  BOOST_TEST(undo("prod/app", made.at("change")).status == 200);
  BOOST_TEST(tags_in(client, "prod/app").empty());
  BOOST_TEST(!has("prod/app", image.digest));
}

BOOST_FIXTURE_TEST_CASE(a_copy_has_the_tag_that_was_asked_for, promoting_registry) {
  BOOST_TEST(copy("team/app:1", "prod/app:stable").at("tag").as_string() == "stable");
  BOOST_TEST(has("prod/app", "stable"));
  BOOST_TEST(!copy("team/app@" + index, "lone/app").contains("tag"));
  BOOST_TEST(has("lone/app", index));
  copy("team/app:1", "team/app:2");
  BOOST_TEST(has("team/app", "2"));
}

BOOST_FIXTURE_TEST_CASE(wrong_copies_are_refused, promoting_registry) {
  for (const auto* query : {"", "?from=team/app:1", "?to=prod/app", "?from=team/app&to=prod/app",
                            "?from=team/app:1&to=prod/app@sha256:1", "?from=team/app:1&to=PROD",
                            "?from=team/app@1&to=prod/app", "?from=team/app:sha256:1&to=prod/app"})
    BOOST_TEST(client.post("/__gantry/v1/copy" + std::string{query}).status == 400, query);
  expect_error(client, {"POST", copy_path("team/app:none", "prod/app")}, 404, "MANIFEST_UNKNOWN");
  expect_error(client, {"POST", copy_path("no/where:1", "prod/app")}, 404, "NAME_UNKNOWN");
  BOOST_TEST(tags_in(client, "prod/app").empty());
}

BOOST_FIXTURE_TEST_CASE(a_repository_is_deleted_and_returns, promoting_registry) {
  const auto gone = object_in(client.erase(repository_path("team/app")));
  BOOST_TEST(gone.at("manifests").to_number<int>() == 5);
  BOOST_TEST(gone.at("tags").to_number<int>() == 4);
  BOOST_TEST(tags_in(client, "team/app").empty());
  expect_error(client, {"DELETE", repository_path("team/app")}, 404, "NAME_UNKNOWN");
  expect_error(client, {"DELETE", repository_path("no/where")}, 404, "NAME_UNKNOWN");
  BOOST_TEST(undo("team/app", gone.at("change")).status == 200);
  BOOST_TEST(tags_in(client, "team/app").size() == 4U);
  BOOST_TEST(has("team/app", image.digest));
  BOOST_TEST(client.get("/v2/team/app/blobs/" + sha256(image.layers.front())).status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_purged_repository_does_not_return, promoting_registry) {
  const auto gone = object_in(client.erase(repository_path("team/app")));
  BOOST_TEST(object_in(client.erase(repository_path("team/app", "/?purge=true")))
               .at("manifests")
               .to_number<int>() == 0);
  BOOST_TEST(undo("team/app", gone.at("change")).status == 409);
  BOOST_TEST(client.get("/v2/team/app/blobs/" + sha256(image.layers.front())).status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_repository_gets_another_name, promoting_registry) {
  const auto before = client.get(repository_path("team/app", "/history")).body;
  const auto opened = client.post(uploads_path("team/app"));
  const auto done = object_in(client.post(repository_path("team/app", "/rename?to=team/new")));
  BOOST_TEST(done.at("repository").as_string() == "team/new");
  BOOST_TEST(tags_in(client, "team/app").empty());
  BOOST_TEST(tags_in(client, "team/new").size() == 4U);
  BOOST_TEST(client.get("/v2/team/new/blobs/" + sha256(image.layers.front())).status == 200);
  BOOST_TEST(json::parse(client.get(repository_path("team/new", "/history")).body).at("entries") ==
             json::parse(before).at("entries"));
  BOOST_TEST(client.get(opened.header("Location")).status == 404);
  client.push_manifest("team/new", "2", lone_manifest("two"));
  client.push_manifest("team/app", "1", lone_manifest("one"));
  expect_error(client, {"POST", repository_path("team/new", "/rename?to=team/app")}, 409,
               "CONFLICT");
  expect_error(client, {"POST", repository_path("no/where", "/rename?to=team/b")}, 404,
               "NAME_UNKNOWN");
  expect_error(client, {"POST", repository_path("team/new", "/rename")}, 400, "BAD_REQUEST");
  expect_error(client, {"POST", repository_path("team/new", "/rename?to=UP")}, 400, "NAME_INVALID");
}

BOOST_AUTO_TEST_CASE(immutable_tags_stay_where_they_are) {
  running_registry server{[](auto& settings) { settings.actors.immutable_tags = {"v*"}; }};
  registry_client client{server};
  client.push_manifest("team/app", "v1", lone_manifest("one"));
  client.push_manifest("prod/app", "v1", lone_manifest("two"));
  expect_error(client, {"DELETE", repository_path("team/app")}, 409, "DENIED");
  expect_error(client, {"POST", repository_path("team/app", "/rename?to=team/new")}, 409, "DENIED");
  expect_error(client, {"POST", copy_path("team/app:v1", "prod/app")}, 409, "DENIED");
  BOOST_TEST(client.post(copy_path("team/app:v1", "prod/app:v2")).status == 200);
}

BOOST_AUTO_TEST_CASE(rights_are_those_of_both_repositories) {
  policy_registry guarded{"- {allow: [pull], users: alice, repositories: test/**}\n"
                          "- {allow: [pull, push], users: alice, repositories: prod/**}\n"
                          "- {allow: [pull, push, delete], users: bob, repositories: test/**}\n"
                          "- {allow: [delete], users: bob, repositories: secret/**}\n"};
  registry_client client{guarded.server()};
  push_manifest_as_root(client, "test/app", "1", lone_manifest("one"));
  push_manifest_as_root(client, "secret/app", "1", lone_manifest("two"));
  const auto copy = [&](std::string_view from, std::string_view to, const std::string& user) {
    return client.post(copy_path(from, to), as(user)).status;
  };
  BOOST_TEST(copy("test/app:1", "prod/app", "alice") == 200);
  BOOST_TEST(copy("test/app:1", "test/app:2", "alice") == 403);
  BOOST_TEST(copy("secret/app:1", "prod/app", "alice") == 403);
  BOOST_TEST(copy("test/app:1", "prod/app", "bob") == 403);
  const auto rename = [&](std::string_view to, const std::string& user) {
    return client.post(repository_path("test/app", "/rename?to=" + std::string{to}), as(user))
      .status;
  };
  BOOST_TEST(rename("test/new", "alice") == 403);
  BOOST_TEST(
    client.post(repository_path("secret/app", "/rename?to=test/stolen"), as("bob")).status == 403);
  BOOST_TEST(rename("prod/new", "bob") == 403);
  BOOST_TEST(client.erase(repository_path("test/app", "/?purge=true"), as("bob")).status == 403);
  BOOST_TEST(client.erase(repository_path("test/app"), as("alice")).status == 403);
  BOOST_TEST(rename("test/new", "bob") == 200);
  BOOST_TEST(client.erase(repository_path("test/new"), as("bob")).status == 200);
}

BOOST_AUTO_TEST_CASE(modes_protect_content) {
  running_registry server{[](auto& settings) { settings.api.allow_delete = false; }};
  registry_client client{server};
  client.push_manifest("team/app", "1", lone_manifest("one"));
  BOOST_TEST(client.erase(repository_path("team/app")).status == 405);
  BOOST_TEST(client.post(repository_path("team/app", "/rename?to=team/new")).status == 405);
  BOOST_TEST(client.post(copy_path("team/app:1", "prod/app")).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
