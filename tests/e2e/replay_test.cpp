// Recorded sessions that a server answers from, over real sockets.
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace gantry::test;
namespace json = boost::json;
using gantry::replay::order;

namespace {

json::object entry(const std::string& method, const std::string& target, unsigned status,
                   const std::string& body, const header_list& headers = {}) {
  json::array fields;
  for (const auto& [name, value] : headers)
    fields.push_back(json::object{{"name", name}, {"value", value}});
  return {{"request", {{"method", method}, {"url", "http://upstream:5000" + target}}},
          {"response", {{"status", status}, {"headers", fields}, {"content", {{"text", body}}}}}};
}

/// A pull by tag, and an upload.
json::array session() {
  return {
    entry("GET", "/v2/", 200, "{}"),
    entry("HEAD", "/v2/a/manifests/1", 200, "",
          {{"Content-Length", "77"}, {"Docker-Content-Digest", "sha256:x"}}),
    entry("GET", "/v2/a/manifests/1", 404, "gone", {{"Content-Type", "text/plain"}}),
    entry("GET", "/v2/a/manifests/1", 200, "found", {{"Content-Type", types::index}}),
    entry("POST", "/v2/a/blobs/uploads/", 202, "",
          {{"Location", "http://upstream:5000/v2/a/blobs/uploads/odd?_state=z%3D"}}),
    entry("PATCH", "/v2/a/blobs/uploads/odd?_state=z%3D", 202, ""),
  };
}

struct replaying_registry {
  explicit replaying_registry(order kept = order::loose, const json::array& entries = session())
    : file{folder.write(
        "session.har", json::serialize(json::object{{"log", json::object{{"entries", entries}}}}))},
      server{[&](auto& settings) {
        settings.replay = file.string();
        settings.replayed_in = kept;
      }} {}

  temp_dir folder;
  std::filesystem::path file;
  running_registry server;
  registry_client client{server};
};

std::string refusal_of(const std::string& archive) {
  temp_dir folder;
  const auto file = folder.write("session.har", archive);
  try {
    running_registry server{[&](auto& settings) { settings.replay = file.string(); }};
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
  return "it started";
}

} // namespace

BOOST_AUTO_TEST_SUITE(replay)

BOOST_AUTO_TEST_CASE(responses_are_those_that_were_recorded) {
  replaying_registry recorded;
  auto& client = recorded.client;
  BOOST_TEST(client.get("/v2/").body == "{}");
  const auto head = client.head("/v2/a/manifests/1");
  BOOST_TEST(head.header("Content-Length") == "77");
  BOOST_TEST(head.header("Docker-Content-Digest") == "sha256:x");
  const auto gone = client.get("/v2/a/manifests/1");
  BOOST_TEST(gone.status == 404);
  BOOST_TEST(gone.body == "gone");
  BOOST_TEST(gone.header("Content-Type") == "text/plain");
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(client.get("/v2/a/manifests/1").body == "found"); // the last one is repeated
}

BOOST_AUTO_TEST_CASE(an_upload_follows_its_recorded_location) {
  replaying_registry recorded;
  auto& client = recorded.client;
  const auto location = client.post("/v2/a/blobs/uploads/").header("Location");
  BOOST_TEST(location == "/v2/a/blobs/uploads/odd?_state=z%3D");
  BOOST_TEST(client.patch(location, {}, noise(3'000'000)).status == 202);
  BOOST_TEST(client.get("/v2/").status == 200); // the body was read: the connection stays
}

BOOST_AUTO_TEST_CASE(a_request_that_was_not_recorded_is_answered_with_501) {
  replaying_registry recorded;
  const auto refused = recorded.client.get("/v2/b/tags/list?n=1");
  BOOST_TEST(refused.status == 501);
  const auto document = json::parse(refused.body);
  const auto& error = document.at("errors").at(0);
  BOOST_TEST(error.at("code").as_string() == "UNSUPPORTED");
  BOOST_TEST(error.at("message").as_string() ==
             "no recorded request matches: expected GET /v2/, HEAD /v2/a/manifests/1, "
             "GET /v2/a/manifests/1 and 3 more");
  BOOST_TEST(error.at("detail").as_string() == "asked for GET /v2/b/tags/list?n=1");
}

BOOST_AUTO_TEST_CASE(a_strict_session_says_what_comes_next) {
  replaying_registry recorded{order::strict};
  auto& client = recorded.client;
  const auto early = client.get("/v2/a/manifests/1");
  BOOST_TEST(early.status == 501);
  BOOST_TEST(early.body.find("expected GET /v2/, number 1 of 6") != std::string::npos);
  BOOST_TEST(client.get("/v2/").status == 200);
  BOOST_TEST(client.head("/v2/a/manifests/1").status == 200);
}

BOOST_AUTO_TEST_CASE(a_reset_begins_the_session_anew) {
  replaying_registry recorded{order::strict};
  auto& client = recorded.client;
  BOOST_TEST(client.get("/v2/").status == 200);
  BOOST_TEST(client.get("/v2/").status == 501);
  BOOST_TEST(client.post("/__parlel/reset").status == 200);
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(replayed_requests_are_recorded_and_can_be_hit_by_faults) {
  replaying_registry recorded;
  auto& client = recorded.client;
  client.post("/__parlel/faults", {},
              R"({"name":"down","match":{"operation":"get_manifest"},)"
              R"("nth":2,"effect":{"status":503}})");
  client.head("/v2/a/manifests/1");
  BOOST_TEST(client.get("/v2/a/manifests/1").status == 503);
  BOOST_TEST(client.get("/v2/a/manifests/1").status == 404); // the fault took no answer away
  const auto seen = json::parse(client.get("/__parlel/requests?fault=down").body);
  BOOST_TEST(seen.at("count").to_number<int>() == 1);
  BOOST_TEST(client.get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(a_large_body_is_sent_whole) {
  const std::string large(40'000'000, 'x');
  replaying_registry recorded{order::loose, {entry("GET", "/v2/a/blobs/x", 200, large)}};
  BOOST_TEST((recorded.client.get("/v2/a/blobs/x").body == large));
}

BOOST_AUTO_TEST_CASE(a_broken_archive_is_named_with_its_mistake) {
  BOOST_TEST(refusal_of("{}").find("session.har: log: this member is missing") !=
             std::string::npos);
  BOOST_TEST(refusal_of(R"({"log":{"entries":[{}]}})").find("log.entries[0].request: ") !=
             std::string::npos);
  BOOST_TEST(refusal_of("no JSON").starts_with("--replay /"));
  const auto start = [] {
    running_registry server{[](auto& settings) { settings.replay = "/nowhere"; }};
  };
  BOOST_CHECK_EXCEPTION(start(), std::runtime_error, [](const auto& failed) {
    return std::string{failed.what()} == "--replay /nowhere: this file cannot be read";
  });
}

BOOST_AUTO_TEST_SUITE_END()
