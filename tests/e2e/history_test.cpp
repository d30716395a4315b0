// What happened to a tag, as distribution-spec's pull request 606 drafts it, and pulls as of a
// time.
#include "support/registry_fixture.hpp"

#include "base/timestamp.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace gantry::test;

namespace {

std::string history_path(std::string_view repository, std::string_view tag,
                         std::string_view query = {}) {
  return "/v2/" + std::string{repository} + "/_oci/tag-history/" + std::string{tag} +
         (query.empty() ? "" : "?") + std::string{query};
}

struct tag_event {
  std::string event;
  std::string digest;
  std::string at;
};

std::vector<tag_event> events_of(const http_response& response) {
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Type") == types::index);
  const auto body = boost::json::parse(response.body).as_object();
  BOOST_TEST(body.at("schemaVersion").as_int64() == 2);
  BOOST_TEST(body.at("mediaType").as_string() == types::index);
  std::vector<tag_event> events;
  for (const auto& each : body.at("manifests").as_array()) {
    const auto& entry = each.as_object();
    const auto& notes = entry.at("annotations").as_object();
    const auto text = [&](std::string_view name) {
      return std::string{notes.at(name).as_string()};
    };
    BOOST_TEST(entry.at("mediaType").as_string() == types::index);
    BOOST_TEST(entry.at("size").as_int64() > 0);
    events.push_back({text("org.opencontainers.distribution.tag.event"),
                      std::string{entry.at("digest").as_string()},
                      text("org.opencontainers.distribution.tag.timestamp")});
  }
  return events;
}

std::vector<std::string> lines_of(const std::vector<tag_event>& events) {
  std::vector<std::string> lines;
  for (const auto& each : events)
    lines.push_back(each.event + ' ' + each.digest);
  return lines;
}

/// A tag that was pushed, moved, deleted and pushed again.
struct eventful_tag {
  eventful_tag() {
    one = client.push_manifest("test/app", "latest", lone_manifest("one"));
    two = client.push_manifest("test/app", "latest", lone_manifest("two"));
    BOOST_TEST(client.erase(manifest_path("test/app", "latest")).status == 202);
    client.push_manifest("test/app", "latest", lone_manifest("one"));
    events = events_of(client.get(history_path("test/app", "latest")));
    BOOST_REQUIRE(events.size() == 4U);
  }

  http_response at(std::string_view time, std::string_view reference = "latest") {
    return client.get(manifest_path("test/app", reference) + "?at=" + std::string{time});
  }

  running_registry server;
  registry_client client{server};
  std::string one;
  std::string two;
  std::vector<tag_event> events;
};

using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(history)

// N7
BOOST_FIXTURE_TEST_CASE(each_event_of_a_tag_is_told_the_newest_first, eventful_tag) {
  BOOST_TEST(lines_of(events) ==
               (lines{"created " + one, "deleted " + two, "created " + two, "created " + one}),
             boost::test_tools::per_element());
  for (std::size_t i = 1; i < events.size(); ++i)
    BOOST_TEST((gantry::parse_timestamp(events[i].at) < gantry::parse_timestamp(events[i - 1].at)));
  const auto head = client.head(history_path("test/app", "latest"));
  BOOST_TEST(head.status == 200);
  BOOST_TEST(head.body.empty());
}

BOOST_FIXTURE_TEST_CASE(pages_are_linked, eventful_tag) {
  auto target = history_path("test/app", "latest", "n=3&digest=" + one + "&x=y");
  BOOST_TEST(events_of(client.get(target)).size() == 2U);
  std::vector<tag_event> seen;
  target = history_path("test/app", "latest", "n=1&x=y");
  for (int pages = 0; pages < 5 && !target.empty(); ++pages) {
    const auto page = client.get(target);
    for (auto& each : events_of(page))
      seen.push_back(std::move(each));
    const auto link = page.header("Link");
    BOOST_TEST(link.empty() == (pages == 3));
    target = link.empty() ? std::string{} : std::string{link.substr(1, link.find('>') - 1)};
    BOOST_TEST((target.empty() || target.find("&x=y") != std::string::npos));
  }
  BOOST_TEST(lines_of(seen) == lines_of(events), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(entries_are_chosen_by_time, eventful_tag) {
  const auto count = [&](const std::string& query) {
    return events_of(client.get(history_path("test/app", "latest", query))).size();
  };
  BOOST_TEST(count("before=" + events[1].at) == 2U);
  BOOST_TEST(count("since=" + events[1].at) == 1U);
  BOOST_TEST(count("since=" + events[3].at + "&before=" + events[0].at) == 2U);
  BOOST_TEST(count("digest=" + digest_of_nothing()) == 0U);
  const auto none = client.get(history_path("test/app", "latest", "n=0"));
  BOOST_TEST(events_of(none).empty());
  BOOST_TEST(none.header("Link").empty());
}

BOOST_FIXTURE_TEST_CASE(what_has_no_history_has_an_empty_one, eventful_tag) {
  BOOST_TEST(events_of(client.get(history_path("test/app", "unknown"))).empty());
  BOOST_TEST(events_of(client.get(history_path("no/where", "latest"))).empty());
}

BOOST_FIXTURE_TEST_CASE(a_history_outlives_its_repository, eventful_tag) {
  for (const auto& digest : {one, two})
    BOOST_TEST(client.erase(manifest_path("test/app", digest)).status == 202);
  expect_error(client, {"GET", tags_path("test/app")}, 404, "NAME_UNKNOWN");
  const auto after = events_of(client.get(history_path("test/app", "latest")));
  BOOST_REQUIRE(after.size() == 5U);
  BOOST_TEST(lines_of(after).front() == "deleted " + one);
}

BOOST_FIXTURE_TEST_CASE(mistakes_are_named, eventful_tag) {
  for (const auto* query : {"n=-1", "n=x", "before=yesterday", "since=", "before=2026-01-31"})
    BOOST_TEST(client.get(history_path("test/app", "latest", query)).status == 400, query);
  BOOST_TEST(client.get(history_path("test/app", "latest", "digest=sha256:1")).status == 400);
  expect_error(client, {"GET", history_path("test/app", "-bad")}, 400, "TAG_INVALID");
  expect_error(client, {"GET", history_path("Test", "latest")}, 400, "NAME_INVALID");
  expect_error(client, {"DELETE", history_path("test/app", "latest")}, 405, "UNSUPPORTED");
}

BOOST_FIXTURE_TEST_CASE(a_pull_as_of_a_time_gets_what_the_tag_was_then, eventful_tag) {
  const auto check = [&](std::size_t event, const std::string& digest) {
    const auto found = at(events[event].at);
    BOOST_TEST(found.status == 200);
    BOOST_TEST(found.header("Docker-Content-Digest") == digest);
    BOOST_TEST(
      std::string{found.header("Gantry-History-Entry")}.ends_with("; at=" + events[event].at));
  };
  check(3, one);
  check(2, two);
  check(0, one);
  BOOST_TEST(at("2199-01-01T00:00:00Z").header("Docker-Content-Digest") == one);
  BOOST_TEST(
    client.get(manifest_path("test/app", "latest")).header("Gantry-History-Entry").empty());
}

BOOST_FIXTURE_TEST_CASE(a_pull_as_of_a_time_without_the_tag_finds_nothing, eventful_tag) {
  BOOST_TEST(at(events[1].at).status == 404);
  BOOST_TEST(at("2020-01-01T00:00:00Z").status == 404);
  BOOST_TEST(at(events[0].at, "unknown").status == 404);
  BOOST_TEST(at("now").status == 400);
  BOOST_TEST(at(events[0].at, one).status == 400);
  // The manifest is gone; the history is not.
  BOOST_TEST(client.erase(manifest_path("test/app", two)).status == 202);
  BOOST_TEST(at(events[2].at).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
