// Servers that are told of changes, by a whole registry.
#include "policy_registry.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"
#include "webhooks/samples.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

constexpr std::string_view list_path = "/__gantry/v1/webhooks";

webhooks::endpoint told(const listener& there, std::string name = "one") {
  return {.name = std::move(name), .url = there.url(), .timeout = 20s, .backoff = 1ms};
}

std::function<void(app::registry_options&)> with(const listener& there,
                                                 const std::string& data = {}) {
  return [&there, data](app::registry_options& settings) {
    settings.data = data;
    settings.webhooks.push_back(told(there));
  };
}

/// The first events, from as many requests as it takes.
boost::json::array events_of(listener& there, std::size_t count) {
  boost::json::array events;
  for (std::size_t request = 1; events.size() < count; ++request) {
    const auto body = body_in(there.wait(request)[request - 1]);
    for (const auto& each : body.at("events").as_array())
      events.push_back(each);
  }
  return events;
}

texts names_in(const boost::json::array& events) {
  texts names;
  for (const auto& each : events)
    names.push_back(std::string{each.at("action").as_string()} + ' ' +
                    std::string{each.at("target").at("tag").as_string()});
  return names;
}

bool has_thread(std::string_view name) {
  for (const auto& each : std::filesystem::directory_iterator{"/proc/self/task"}) {
    std::string found;
    std::getline(std::ifstream{each.path() / "comm"}, found);
    if (found == name)
      return true;
  }
  return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(webhooks)

BOOST_AUTO_TEST_CASE(a_push_a_move_and_a_deletion_are_told_in_their_order) {
  listener there;
  running_registry server{with(there)};
  registry_client client{server};
  const auto one = client.push_manifest("team/app", "latest", lone_manifest("one"));
  const auto two = client.push_manifest("team/app", "latest", lone_manifest("two"));
  BOOST_TEST(client.erase(manifest_path("team/app", "latest")).status == 202);
  const auto events = events_of(there, 3);
  BOOST_TEST(names_in(events) == (texts{"push latest", "push latest", "delete latest"}),
             boost::test_tools::per_element());
  const auto& first = events[0].at("target").as_object();
  BOOST_TEST(first.at("digest").as_string() == one);
  BOOST_TEST(first.at("repository").as_string() == "team/app");
  BOOST_TEST(first.at("mediaType").as_string() == types::index);
  BOOST_TEST(first.at("size").as_int64() == static_cast<std::int64_t>(lone_manifest("one").size()));
  const auto url = std::string{first.at("url").as_string()};
  const auto base = "http://" + server.authority();
  BOOST_TEST_REQUIRE(url.starts_with(base));
  BOOST_TEST(client.get(url.substr(base.size())).body == lone_manifest("one"));
  BOOST_TEST(events[1].at("target").at("digest").as_string() == two);
  BOOST_TEST(!events[2].at("target").as_object().contains("digest"));
  BOOST_TEST(events[0].at("source").at("addr").as_string() == server.authority());
  BOOST_TEST(events[0].at("source").at("instanceID") == events[2].at("source").at("instanceID"));
}

BOOST_AUTO_TEST_CASE(events_have_the_ids_of_the_watch) {
  const temp_dir folder;
  listener there;
  running_registry server{with(there, (folder.path() / "data").string())};
  registry_client client{server};
  client.push_manifest("team/app", "latest", lone_manifest("one"));
  const auto history =
    boost::json::parse(client.get("/__gantry/v1/repositories/team/app/history").body);
  BOOST_TEST(std::string{events_of(there, 1)[0].at("id").as_string()} ==
             std::to_string(history.at("entries").at(0).at("sequence").as_int64()));
}

BOOST_AUTO_TEST_CASE(a_registry_that_starts_again_loses_nothing) {
  const temp_dir folder;
  const auto data = (folder.path() / "data").string();
  {
    listener first{[](std::size_t number) { return number == 1 ? 200U : 500U; }};
    running_registry server{with(first, data)};
    registry_client client{server};
    client.push_manifest("team/app", "1", lone_manifest("one"));
    first.wait(1);
    client.push_manifest("team/app", "2", lone_manifest("two"));
    first.wait(2);
  }
  {
    running_registry server{[&](auto& settings) { settings.data = data; }};
    registry_client client{server};
    client.push_manifest("team/app", "3", lone_manifest("three"));
  }
  listener second;
  running_registry server{with(second, data)};
  registry_client client{server};
  client.push_manifest("team/app", "4", lone_manifest("four"));
  BOOST_TEST(names_in(events_of(second, 3)) == (texts{"push 2", "push 3", "push 4"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_fails_holds_up_neither_pushes_nor_the_stop) {
  const scripted_server silent{[](const std::string&) { return scripted_server::silence; }};
  running_registry server{[&](auto& settings) {
    settings.webhooks.push_back({.name = "one", .url = silent.url(), .timeout = 1min});
  }};
  registry_client client{server};
  for (int i = 0; i < 100; ++i)
    client.push_manifest("team/app", "latest", lone_manifest(std::to_string(i)));
  while (silent.connections() == 0)
    std::this_thread::sleep_for(1ms);
  server.stop();
  BOOST_TEST(silent.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(webhooks_are_listed_and_tested) {
  listener there{[](std::size_t number) { return number == 1 ? 202U : 404U; }};
  running_registry server{with(there)};
  registry_client client{server};
  const auto listed = client.get(list_path);
  BOOST_TEST(listed.status == 200);
  const auto parsed = boost::json::parse(listed.body);
  const auto& one = parsed.at("webhooks").at(0).as_object();
  BOOST_TEST(one.at("name").as_string() == "one");
  BOOST_TEST(one.at("url").as_string() == there.url());
  BOOST_TEST(one.at("failures").as_int64() == 0);
  BOOST_TEST(!one.contains("last_status"));
  const auto path = std::string{list_path} + "/one/test";
  const auto tested = client.post(path);
  BOOST_TEST(tested.status == 200);
  BOOST_TEST(boost::json::parse(tested.body).at("status").as_int64() == 202);
  const auto refused = client.post(path);
  check_error(refused, 502, "UNAVAILABLE", true);
  BOOST_TEST(refused.body.find("one: it answers 404, after ") != std::string::npos);
  check_error(client.post(std::string{list_path} + "/two/test"), 404, "UNKNOWN", true);
  BOOST_TEST(there.size() == 2U);
}

BOOST_AUTO_TEST_CASE(they_are_for_administrators) {
  const listener there;
  policy_registry subject{
    "- {allow: [catalog], users: alice}\n",
    [&](app::registry_options& settings) { settings.webhooks.push_back(told(there)); }};
  registry_client client{subject.server()};
  const auto path = std::string{list_path} + "/one/test";
  BOOST_TEST(client.get(list_path, as("alice")).status == 403);
  BOOST_TEST(client.post(path, as("alice")).status == 403);
  BOOST_TEST(client.get(list_path, as("root")).status == 200);
  BOOST_TEST(client.post(path, as("root")).status == 200);
}

BOOST_AUTO_TEST_CASE(events_are_counted) {
  listener there{[](std::size_t number) { return number == 1 ? 503U : 200U; }};
  running_registry server{with(there)};
  registry_client client{server};
  client.push_manifest("team/app", "latest", lone_manifest("one"));
  there.wait(2);
  const auto has = [&](const std::string& line) {
    return eventually(
      [&] { return client.get("/metrics").body.find("\n" + line + "\n") != std::string::npos; });
  };
  for (const auto* line :
       {R"(registry_notifications_events_total{type="Events",endpoint="one"} 1)",
        R"(registry_notifications_events_total{type="Successes",endpoint="one"} 1)",
        R"(registry_notifications_events_total{type="Failures",endpoint="one"} 1)",
        R"(registry_notifications_events_total{type="Errors",endpoint="one"} 0)",
        R"(registry_notifications_pending_total{endpoint="one"} 0)",
        R"(registry_notifications_status_total{code="200 OK",endpoint="one"} 1)",
        R"(registry_notifications_status_total{code="503 Service Unavailable",endpoint="one"} 1)",
        R"(gantry_webhook_gaps_total{endpoint="one"} 0)"})
    BOOST_TEST(has(line), line);
}

BOOST_AUTO_TEST_CASE(without_webhooks_there_is_no_thread_for_them) {
  const running_registry server;
  registry_client client{server};
  BOOST_TEST(!has_thread("gantry-webhooks"));
  BOOST_TEST(client.get(list_path).body == R"({"webhooks":[]})");
  check_error(client.post(std::string{list_path} + "/one/test"), 404, "UNKNOWN", true);
  BOOST_TEST(client.get("/metrics").body.find("registry_notifications") == std::string::npos);
  const listener there;
  const running_registry other{with(there)};
  BOOST_TEST(eventually([] { return has_thread("gantry-webhooks"); }));
}

BOOST_AUTO_TEST_SUITE_END()
