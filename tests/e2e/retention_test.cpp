// Rules of retention: plans, runs, and what takes runs back.
#include "json_answer.hpp"
#include "policy_registry.hpp"
#include "support/registry_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>

using namespace gantry;
using namespace gantry::test;

namespace {

constexpr std::string_view plan_path = "/__gantry/v1/retention/plan";

std::string apply_path(const std::string& plan) {
  return "/__gantry/v1/retention/apply?plan=" + plan;
}

std::string undo_path(const std::string& run) {
  return "/__gantry/v1/retention/undo?run=" + run;
}

/// Keeps the last two tags of each repository of the team.
retention::rule last_two() {
  return {.name = "few",
          .repositories = {retention::name_pattern::of_repositories("team/*")},
          .keep = {.last_pushed = 2}};
}

/// `team/app` with the images v1, v2 and v3, and `other` with as many.
struct retaining_registry {
  retaining_registry() {
    for (const std::string repository : {"team/app", "other"})
      for (const std::string tag : {"v1", "v2", "v3"})
        client.push_manifest(repository, tag, lone_manifest(repository + tag));
  }

  boost::json::object plan() { return object_of(client.post(std::string{plan_path})); }
  static std::string id_of(const boost::json::object& answer, std::string_view member) {
    return std::string{answer.at(member).as_string()};
  }
  bool has(std::string_view tag) {
    return client.get(manifest_path("team/app", tag)).status == 200;
  }

  running_registry server{[](auto& settings) {
    settings.retention_rules = {last_two()};
    settings.actors.gc.undo_window = std::chrono::hours{1};
  }};
  registry_client client{server};
};

} // namespace

BOOST_AUTO_TEST_SUITE(retention)

BOOST_FIXTURE_TEST_CASE(a_plan_is_shown_applied_and_taken_back, retaining_registry) {
  const auto planned = plan();
  BOOST_TEST(planned.at("tags").to_number<int>() == 1);
  BOOST_TEST(!planned.at("truncated").as_bool());
  const auto& repository = planned.at("repositories").as_array().at(0).as_object();
  BOOST_TEST(repository.at("name").as_string() == "team/app");
  const auto& doomed = repository.at("tags").as_array().at(0).as_object();
  BOOST_TEST(doomed.at("name").as_string() == "v1");
  BOOST_TEST(doomed.at("digest").as_string() == sha256(lone_manifest("team/appv1")));
  BOOST_TEST(doomed.at("rule_name").as_string() == "few");
  BOOST_TEST(has("v1"));

  const auto done = object_of(client.post(apply_path(id_of(planned, "plan"))));
  BOOST_TEST(done.at("tags").to_number<int>() == 1);
  BOOST_TEST(done.at("manifests").to_number<int>() == 1);
  BOOST_TEST(!has("v1"));
  BOOST_TEST(!has(sha256(lone_manifest("team/appv1"))));
  BOOST_TEST(has("v2"));
  BOOST_TEST(client.get(manifest_path("other", "v1")).status == 200);
  BOOST_TEST(plan().at("tags").to_number<int>() == 0);

  const auto undone = object_of(client.post(undo_path(id_of(done, "run"))));
  BOOST_TEST(undone.at("repositories").as_array().size() == 1U);
  BOOST_TEST(has("v1"));
}

BOOST_FIXTURE_TEST_CASE(the_history_names_the_plan, retaining_registry) {
  const auto planned = plan();
  client.post(apply_path(id_of(planned, "plan")));
  const auto history = client.get("/__gantry/v1/repositories/team/app/history?tag=v1&n=1").body;
  const auto entry = boost::json::parse(history).at("entries").as_array().at(0).as_object();
  BOOST_TEST(entry.at("event").as_string() == "expire");
  const auto id = id_of(planned, "plan");
  BOOST_TEST(entry.at("token").as_string() == id.substr(id.find('-') + 1));
}

BOOST_FIXTURE_TEST_CASE(a_plan_that_is_outdated_is_refused, retaining_registry) {
  const auto id = id_of(plan(), "plan");
  client.push_manifest("team/app", "v1", lone_manifest("moved"));
  expect_error(client, {"POST", apply_path(id)}, 409, "CONFLICT");
  BOOST_TEST(has("v1"));
  BOOST_TEST(has("v2"));
}

BOOST_FIXTURE_TEST_CASE(what_no_plan_says_changes_none, retaining_registry) {
  const auto id = id_of(plan(), "plan");
  client.push_manifest("other", "v4", lone_manifest("v4"));
  BOOST_TEST(client.post(apply_path(id)).status == 200);
  BOOST_TEST(!has("v1"));
  // It is applied once: there is nothing left of it.
  expect_error(client, {"POST", apply_path(id)}, 409, "CONFLICT");
}

BOOST_FIXTURE_TEST_CASE(wrong_ids_are_refused, retaining_registry) {
  for (const auto* query : {"", "?plan=", "?plan=1", "?plan=x-00000000000000000000000000000000",
                            "?plan=1-0", "?plan=1-g0000000000000000000000000000000"})
    BOOST_TEST(client.post("/__gantry/v1/retention/apply" + std::string{query}).status == 400,
               query);
  expect_error(client, {"POST", apply_path("1-" + std::string(32, '0'))}, 409, "CONFLICT");
  expect_error(client, {"POST", apply_path("99999999999999999-" + std::string(32, '0'))}, 409,
               "CONFLICT");
  BOOST_TEST(client.post("/__gantry/v1/retention/undo?run=1").status == 400);
  expect_error(client, {"POST", undo_path("0-" + std::string(32, '0'))}, 404, "UNKNOWN");
}

BOOST_AUTO_TEST_CASE(immutable_tags_are_not_planned) {
  running_registry server{[](auto& settings) {
    settings.retention_rules = {last_two()};
    settings.actors.immutable_tags = {"v1"};
  }};
  registry_client client{server};
  for (const std::string tag : {"v1", "v2", "v3", "v4"})
    client.push_manifest("team/app", tag, lone_manifest(tag));
  const auto planned = object_of(client.post(std::string{plan_path}));
  BOOST_TEST(planned.at("tags").to_number<int>() == 1);
  BOOST_TEST(client.post(apply_path(std::string{planned.at("plan").as_string()})).status == 200);
  BOOST_TEST(client.get(manifest_path("team/app", "v1")).status == 200);
  BOOST_TEST(client.get(manifest_path("team/app", "v2")).status == 404);
}

BOOST_AUTO_TEST_CASE(only_administrators_may) {
  policy_registry guarded{"- {allow: [pull, push, delete], users: alice, repositories: \"**\"}\n",
                          [](auto& settings) { settings.retention_rules = {last_two()}; }};
  registry_client client{guarded.server()};
  BOOST_TEST(client.post(std::string{plan_path}, as("alice")).status == 403);
  BOOST_TEST(client.post(std::string{plan_path}, as("root")).status == 200);
  const auto path = apply_path("1-" + std::string(32, '0'));
  BOOST_TEST(client.post(path, as("alice")).status == 403);
}

BOOST_AUTO_TEST_CASE(a_schedule_removes_by_itself) {
  running_registry server{[](auto& settings) {
    settings.retention_rules = {last_two()};
    settings.retention_interval = std::chrono::milliseconds{20};
  }};
  registry_client client{server};
  for (const std::string tag : {"v1", "v2", "v3"})
    client.push_manifest("team/app", tag, lone_manifest(tag));
  while (client.get(manifest_path("team/app", "v1")).status == 200)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  BOOST_TEST(client.get(manifest_path("team/app", "v2")).status == 200);
  BOOST_TEST(client.get(manifest_path("team/app", "v3")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_registry_that_is_read_only_keeps_its_tags) {
  running_registry server{[](auto& settings) { settings.retention_rules = {last_two()}; }};
  registry_client client{server};
  for (const std::string tag : {"v1", "v2", "v3"})
    client.push_manifest("team/app", tag, lone_manifest(tag));
  BOOST_TEST(client.post("/__gantry/mode?read_only=true").status == 200);
  const auto planned = object_of(client.post(std::string{plan_path}));
  BOOST_TEST(client.post(apply_path(std::string{planned.at("plan").as_string()})).status == 405);
  BOOST_TEST(client.get(manifest_path("team/app", "v1")).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
