// The list of tags, page by page.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <ostream>
#include <set>
#include <string>
#include <vector>

using namespace gantry::test;

namespace {

using tag_list = std::vector<std::string>;

const tag_list all{"2j2ar", "asj9e", "jyi7b", "kb0j5", "sb71y"};

struct page_case {
  const char* query;
  tag_list tags;
  /// The whole Link; empty if there must be none.
  const char* link = "";
};

std::ostream& operator<<(std::ostream& out, const page_case& row) {
  return out << '"' << row.query << '"';
}

const std::vector<page_case> pages{
  {"", all},                                                                           // case 42
  {"last=", all},                                                                      // case 43
  {"n=", all},                                                                         // case 44
  {"last=&n=", all},                                                                   // case 45
  {"n=2", {"2j2ar", "asj9e"}, R"(</v2/test/tags/list?last=asj9e&n=2>; rel="next")"},   // case 48
  {"last=asj9e&n=1", {"jyi7b"}, R"(</v2/test/tags/list?last=jyi7b&n=1>; rel="next")"}, // case 49
  {"n=1&last=asj9e", {"jyi7b"}, R"(</v2/test/tags/list?last=jyi7b&n=1>; rel="next")"}, // case 49
  {"last=jyi7b&n=3", {"kb0j5", "sb71y"}},                                              // case 50
  {"last=sb71y&n=1", {}},                                                              // case 51
  {"n=100", all},                                                                      // case 52
  {"last=jyi7b", {"kb0j5", "sb71y"}},                                                  // case 53
  {"last=does-not-exist&n=3", {"jyi7b", "kb0j5", "sb71y"}}, // cases 54, 60
  {"n=5", all},                                             // case 54
  {"n=0", {}},                                              // case 56
};

/// The five tags of docker's own test, pushed in an order other than that of the list.
struct five_tags : registry_case {
  five_tags() {
    for (const auto* tag : {"sb71y", "2j2ar", "kb0j5", "asj9e", "jyi7b"})
      client.push_manifest("test", tag, lone_manifest(tag));
  }
};

tag_list tags_of(const http_response& response) {
  return strings_of(response.body, "tags");
}

/// PUTs one manifest by digest with up to 50 tags per request.
void push_tags(registry_client& client, const std::string& repository, const tag_list& tags) {
  const auto bytes = lone_manifest(repository);
  for (std::size_t first = 0; first < tags.size(); first += 50) {
    auto target = manifest_path(repository, sha256(bytes));
    for (auto i = first; i < std::min(first + 50, tags.size()); ++i)
      target = with_query(target, "tag=" + tags[i]);
    BOOST_REQUIRE_EQUAL(client.put(target, {{"Content-Type", types::index}}, bytes).status, 201);
  }
}

tag_list numbered(const std::string& prefix, int count) {
  tag_list tags;
  for (int i = 0; i < count; ++i)
    tags.push_back(prefix + std::to_string(i));
  return tags;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tags, registry_case, *boost::unit_test::fixture<shared_registry>())

// cases 42, 43, 44, 45, 48, 49, 50, 51, 52, 53, 54, 56, 60
BOOST_DATA_TEST_CASE_F(five_tags, pages_of_tags_follow_n_and_last,
                       boost::unit_test::data::make(pages), row) {
  const auto response = client.get(tags_path("test", row.query));
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Type") == "application/json");
  BOOST_TEST(response.body.starts_with(R"({"name":"test","tags":[)"));
  BOOST_TEST(tags_of(response) == row.tags, boost::test_tools::per_element());
  BOOST_TEST(response.header("Link") == row.link);
}

// cases 46, 47
BOOST_DATA_TEST_CASE_F(five_tags, an_n_that_is_not_a_count_is_refused,
                       boost::unit_test::data::make({"n=-1", "n=foo", "n=1x&last=asj9e"}), query) {
  expect_error(client, {"GET", tags_path("test", query)}, 400, "PAGINATION_NUMBER_INVALID");
}

// case 55
BOOST_AUTO_TEST_CASE(an_n_above_the_maximum_is_clamped) {
  running_registry server{[](auto& settings) { settings.api.pages = {2, 3, false}; }};
  registry_client asking{server};
  for (const auto& tag : all)
    asking.push_manifest("test", tag, lone_manifest(tag));
  const auto first = asking.get(tags_path("test", "n=100"));
  const tag_list three{"2j2ar", "asj9e", "jyi7b"};
  BOOST_TEST(tags_of(first) == three, boost::test_tools::per_element());
  BOOST_REQUIRE(!next_of(first).empty());
  const auto second = asking.get(next_of(first));
  const tag_list two{"kb0j5", "sb71y"};
  BOOST_TEST(tags_of(second) == two, boost::test_tools::per_element());
  BOOST_TEST(!second.has("Link"));
}

// case 57
BOOST_AUTO_TEST_CASE(an_absent_repository_has_no_list) {
  expect_error(client, {"GET", tags_path("no/such/repository")}, 404, "NAME_UNKNOWN");
}

// case 58
BOOST_AUTO_TEST_CASE(a_repository_without_tags_lists_an_empty_array) {
  const auto bytes = lone_manifest("untagged");
  client.push_manifest("un/tagged", sha256(bytes), bytes);
  const auto response = client.get(tags_path("un/tagged"));
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == R"({"name":"un/tagged","tags":[]})");
}

// case 59
BOOST_AUTO_TEST_CASE(tags_are_sorted_bytewise) {
  push_tags(client, "order", {"a", "B", "10", "9", "_", "b", "a.1", "a-1", "A"});
  const tag_list expected{"10", "9", "A", "B", "_", "a", "a-1", "a.1", "b"};
  BOOST_TEST(tags_of(client.get(tags_path("order"))) == expected, boost::test_tools::per_element());
}

// case 59
BOOST_AUTO_TEST_CASE(ten_thousand_tags_page_without_gaps_while_others_come_and_go) {
  const auto stable = numbered("stable-", 10'000);
  push_tags(client, "many", stable);
  background writer{[](const std::atomic<bool>& stopping) {
    registry_client writing{shared_registry::get()};
    const auto bytes = lone_manifest("many");
    for (int round = 0; !stopping; ++round) {
      const auto target =
        manifest_path("many", "stable-5000.volatile-" + std::to_string(round % 9));
      writing.put(target, {{"Content-Type", types::index}}, bytes);
      writing.erase(target);
    }
  }};
  tag_list seen;
  for (auto target = tags_path("many", "n=300"); !target.empty();) {
    const auto response = client.get(target);
    const auto items = tags_of(response);
    seen.insert(seen.end(), items.begin(), items.end());
    target = next_of(response);
  }
  writer.stop();
  BOOST_TEST(std::is_sorted(seen.begin(), seen.end()));
  BOOST_TEST((std::adjacent_find(seen.begin(), seen.end()) == seen.end()));
  std::erase_if(seen, [](const auto& tag) { return tag.find("volatile") != std::string::npos; });
  BOOST_TEST((std::set<std::string>(seen.begin(), seen.end()) ==
              std::set<std::string>(stable.begin(), stable.end())));
}

BOOST_AUTO_TEST_SUITE_END()
