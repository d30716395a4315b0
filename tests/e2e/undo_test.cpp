// What happened in a repository, and what takes it back.
#include "policy_registry.hpp"
#include "support/registry_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;
using lines = std::vector<std::string>;

namespace {

std::string undo_path(std::string_view repository = "test/app") {
  return "/__gantry/v1/repositories/" + std::string{repository} + "/undo";
}

std::string entries_path(std::string_view query = {}) {
  return "/__gantry/v1/repositories/test/app/history" + std::string{query};
}

std::string removed_path(std::string_view query = {}) {
  return "/__gantry/v1/repositories/test/app/removed" + std::string{query};
}

json::array list_in(const http_response& response, std::string_view member) {
  BOOST_TEST(response.status == 200);
  return json::parse(response.body).at(member).as_array();
}

std::string text_in(const json::value& from, std::string_view member) {
  const auto* found = from.as_object().if_contains(member);
  return found ? std::string{found->as_string()} : "-";
}

/// A registry that keeps what is deleted, with a tag that was pushed and moved.
struct keeping_registry {
  keeping_registry() {
    one = client.push_manifest("test/app", "latest", lone_manifest("one"));
    two = client.push_manifest("test/app", "latest", lone_manifest("two"));
  }

  http_response undo(const json::object& what) {
    return client.post(undo_path(), {}, json::serialize(what));
  }

  /// `move latest one>two`, as the entries of a response say.
  lines told(const http_response& response) const {
    lines found;
    for (const auto& each : list_in(response, "entries"))
      found.push_back(text_in(each, "event") + ' ' + text_in(each, "tag") + ' ' +
                      note_of(text_in(each, "before")) + '>' + note_of(text_in(each, "after")));
    return found;
  }

  std::string note_of(const std::string& digest) const {
    return digest == one ? "one" : digest == two ? "two" : digest;
  }

  std::string at(std::string_view reference) {
    return std::string{
      client.get(manifest_path("test/app", reference)).header("Docker-Content-Digest")};
  }

  std::uint64_t last_entry() {
    return list_in(client.get(entries_path("?n=1")), "entries")
      .front()
      .at("sequence")
      .to_number<std::uint64_t>();
  }

  running_registry server{
    [](auto& settings) { settings.actors.gc.undo_window = std::chrono::hours{1}; }};
  registry_client client{server};
  std::string one;
  std::string two;
};

} // namespace

BOOST_AUTO_TEST_SUITE(undo)

BOOST_FIXTURE_TEST_CASE(the_history_of_a_repository_is_listed, keeping_registry) {
  client.push_manifest("test/app", "other", lone_manifest("one"));
  BOOST_TEST(client.erase(manifest_path("test/app", two)).status == 202);
  const auto all = client.get(entries_path());
  BOOST_TEST(told(all) == (lines{"delete - two>-", "delete latest two>-", "push other ->one",
                                 "move latest one>two", "push latest ->one"}),
             boost::test_tools::per_element());
  BOOST_TEST(told(client.get(entries_path("?tag=other"))) == lines{"push other ->one"},
             boost::test_tools::per_element());
  BOOST_TEST(told(client.get(entries_path("?digest=" + two))).size() == 3U);
  const auto first = list_in(all, "entries").front().as_object();
  BOOST_TEST(first.at("mediaType").as_string() == types::index);
  BOOST_TEST(first.at("size").to_number<std::uint64_t>() > 0U);
  BOOST_TEST(first.at("address").as_string() == "127.0.0.1");
  // The deletion is one change.
  BOOST_TEST(first.at("change") == list_in(all, "entries")[1].at("change"));
}

BOOST_FIXTURE_TEST_CASE(its_pages_are_linked, keeping_registry) {
  auto target = entries_path("?n=1&x=y");
  lines seen;
  for (int pages = 0; pages < 4 && !target.empty(); ++pages) {
    const auto page = client.get(target);
    for (auto& each : told(page))
      seen.push_back(each);
    const auto link = page.header("Link");
    target = link.empty() ? std::string{} : std::string{link.substr(1, link.find('>') - 1)};
    BOOST_TEST((target.empty() || target.find("x=y") != std::string::npos));
  }
  BOOST_TEST(seen == (lines{"move latest one>two", "push latest ->one"}),
             boost::test_tools::per_element());
  expect_error(client, {"GET", entries_path("?last=x")}, 400, "PAGINATION_NUMBER_INVALID");
  expect_error(client, {"GET", entries_path("?tag=-")}, 400, "TAG_INVALID");
  BOOST_TEST(list_in(client.get("/__gantry/v1/repositories/no/where/history"), "entries").empty());
}

BOOST_FIXTURE_TEST_CASE(a_move_is_undone, keeping_registry) {
  BOOST_TEST(told(undo({{"sequence", last_entry()}})) == lines{"move latest two>one"},
             boost::test_tools::per_element());
  BOOST_TEST(at("latest") == one);
}

BOOST_FIXTURE_TEST_CASE(a_deleted_manifest_is_listed_and_returns, keeping_registry) {
  BOOST_TEST(client.erase(manifest_path("test/app", two)).status == 202);
  BOOST_TEST(at("latest").empty());
  const auto removed = list_in(client.get(removed_path()), "manifests");
  BOOST_REQUIRE(removed.size() == 1U);
  BOOST_TEST(text_in(removed.front(), "digest") == two);
  BOOST_TEST(told(undo({{"sequence", last_entry()}})) ==
               (lines{"undelete latest ->two", "undelete - ->two"}),
             boost::test_tools::per_element());
  BOOST_TEST(at("latest") == two);
  BOOST_TEST(list_in(client.get(removed_path()), "manifests").empty());
}

BOOST_FIXTURE_TEST_CASE(a_tag_returns_to_a_time, keeping_registry) {
  const auto entries = list_in(client.get(entries_path()), "entries");
  const auto then = text_in(entries.back(), "time");
  BOOST_TEST(client.erase(manifest_path("test/app", one)).status == 202);
  BOOST_TEST(undo({{"tag", "latest"}, {"to", then}}).status == 200);
  BOOST_TEST(at("latest") == one);
  BOOST_TEST(told(undo({{"tag", "latest"}, {"to", "2199-01-01T00:00:00Z"}})).empty());
}

BOOST_FIXTURE_TEST_CASE(a_manifest_returns_by_its_digest, keeping_registry) {
  BOOST_TEST(client.erase(manifest_path("test/app", one)).status == 202);
  BOOST_TEST(told(undo({{"manifest", one}})) == lines{"undelete - ->one"},
             boost::test_tools::per_element());
  BOOST_TEST(at(one) == one);
}

// undo outside of the window
BOOST_FIXTURE_TEST_CASE(what_cannot_be_undone_is_refused, keeping_registry) {
  const auto refuse = [&](const json::object& what, int status, std::string_view code) {
    expect_error(client, {"POST", undo_path(), {}, json::serialize(what)}, status, code);
  };
  const auto entry = last_entry();
  client.push_manifest("test/app", "latest", lone_manifest("one"));
  refuse({{"sequence", entry}}, 409, "CONFLICT");
  refuse({{"sequence", entry + 1000}}, 404, "UNKNOWN");
  refuse({{"manifest", digest_of_nothing()}}, 409, "CONFLICT");
  refuse({{"tag", "latest"}, {"to", "2020-01-01T00:00:00Z"}}, 409, "CONFLICT");
  expect_error(client, {"POST", undo_path("no/where"), {}, R"({"sequence":1})"}, 404,
               "NAME_UNKNOWN");
  BOOST_TEST(at("latest") == one);
}

BOOST_FIXTURE_TEST_CASE(mistakes_are_named, keeping_registry) {
  for (const auto* text :
       {"", "x", "{}", R"({"sequence":0})", R"({"sequence":"1"})", R"({"sequence":1,"tag":"a"})",
        R"({"tag":"latest"})", R"({"to":"2020-01-01T00:00:00Z"})", R"({"manifest":"x"})",
        R"({"tag":"latest","to":"yesterday"})", R"({"sequence":1,"more":2})"})
    BOOST_TEST(client.post(undo_path(), {}, text).status == 400, text);
  expect_error(client, {"GET", undo_path()}, 405, "UNSUPPORTED");
}

BOOST_FIXTURE_TEST_CASE(a_purge_is_for_good, keeping_registry) {
  BOOST_TEST(client.erase(manifest_path("test/app", two)).status == 202);
  BOOST_TEST(client.erase(manifest_path("test/app", two) + "?purge=true").status == 202);
  BOOST_TEST(list_in(client.get(removed_path()), "manifests").empty());
  BOOST_TEST(undo({{"manifest", two}}).status == 409);
  expect_error(client, {"DELETE", manifest_path("test/app", two) + "?purge=true"}, 404,
               "MANIFEST_UNKNOWN");
  expect_error(client, {"DELETE", manifest_path("test/app", "latest") + "?purge=true"}, 400,
               "BAD_REQUEST");
}

BOOST_AUTO_TEST_CASE(rights_are_those_of_reading_and_deleting) {
  policy_registry guarded{
    "- {allow: [pull, push], users: alice, repositories: test/**}\n"
    "- {allow: [pull, push, delete], users: bob, repositories: test/**}\n",
    [](auto& settings) { settings.actors.gc.undo_window = std::chrono::hours{1}; }};
  registry_client client{guarded.server()};
  push_manifest_as_root(client, "test/app", "latest", lone_manifest("one"));
  const auto digest = sha256(lone_manifest("one"));
  BOOST_TEST(client.get(entries_path(), as("carol")).status == 403);
  BOOST_TEST(client.get(removed_path(), as("alice")).status == 403);
  BOOST_TEST(client.post(undo_path(), as("alice"), R"({"sequence":1})").status == 403);
  BOOST_TEST(client.erase(manifest_path("test/app", digest), as("bob")).status == 202);
  // Where a change came from is for administrators.
  const auto entry_for = [&](const std::string& user) {
    return list_in(client.get(entries_path(), as(user)), "entries").front().as_object();
  };
  BOOST_TEST(text_in(entry_for("alice"), "user") == "bob");
  BOOST_TEST(text_in(entry_for("alice"), "address") == "-");
  BOOST_TEST(text_in(entry_for("root"), "address") == "127.0.0.1");
  const auto body = json::serialize(json::object{{"manifest", digest}});
  BOOST_TEST(client.post(undo_path(), as("bob"), body).status == 200);
  const auto purge = manifest_path("test/app", digest) + "?purge=true";
  BOOST_TEST(client.erase(purge, as("bob")).status == 403);
  BOOST_TEST(client.erase(purge, as("root")).status == 202);
}

BOOST_AUTO_TEST_CASE(without_a_window_nothing_is_kept) {
  running_registry server;
  registry_client client{server};
  const auto digest = client.push_manifest("test/app", "latest", lone_manifest("one"));
  BOOST_TEST(client.erase(manifest_path("test/app", digest)).status == 202);
  BOOST_TEST(list_in(client.get(removed_path()), "manifests").empty());
  expect_error(client, {"POST", undo_path(), {}, R"({"manifest":")" + digest + "\"}"}, 409,
               "CONFLICT");
}

BOOST_AUTO_TEST_SUITE_END()
