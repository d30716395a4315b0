// The list of repositories, page by page.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace gantry::test;

namespace {

using name_list = std::vector<std::string>;

/// A separate registry per case because the catalog covers the whole registry.
struct catalog_case {
  running_registry server;
  registry_client client{server};

  void push(const name_list& names) {
    for (const auto& name : names)
      client.push_manifest(name, "t", lone_manifest(name));
  }

  name_list page(const std::string& query) {
    return strings_of(client.get("/v2/_catalog" + query).body, "repositories");
  }
};

struct small_pages {
  running_registry server{[](auto& settings) { settings.api.pages = {3, 5, false}; }};
  registry_client client{server};
};

name_list numbered(int count) {
  name_list names;
  for (int i = 0; i < count; ++i)
    names.push_back("r" + std::to_string(100 + i));
  return names;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(catalog, catalog_case)

// case 30
BOOST_AUTO_TEST_CASE(an_empty_registry_lists_an_empty_array) {
  const auto response = client.get("/v2/_catalog");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == R"({"repositories":[]})");
  BOOST_TEST(response.header("Content-Type") == "application/json");
  BOOST_TEST(!response.has("Link"));
}

// case 31
BOOST_AUTO_TEST_CASE(without_n_the_first_hundred_are_listed_in_bytewise_order) {
  auto names = numbered(105);
  std::reverse(names.begin(), names.end());
  push(names);
  const auto response = client.get("/v2/_catalog");
  const auto expected = numbered(100);
  BOOST_TEST(strings_of(response.body, "repositories") == expected,
             boost::test_tools::per_element());
  BOOST_TEST(response.header("Link") == R"(</v2/_catalog?last=r199&n=100>; rel="next")");
}

// case 31
BOOST_AUTO_TEST_CASE(the_catalog_is_sorted_bytewise) {
  push({"b", "a/b", "a", "a-b", "a10", "a9", "a.b", "a_b"});
  const name_list expected{"a", "a-b", "a.b", "a/b", "a10", "a9", "a_b", "b"};
  BOOST_TEST(page("") == expected, boost::test_tools::per_element());
}

// case 32
BOOST_AUTO_TEST_CASE(pages_follow_each_other_by_links_and_the_last_has_none) {
  push({"a", "b", "c", "d", "e"});
  const auto first = client.get("/v2/_catalog?n=3");
  BOOST_TEST(first.body == R"({"repositories":["a","b","c"]})");
  BOOST_TEST(first.header("Link") == R"(</v2/_catalog?last=c&n=3>; rel="next")");
  const auto second = client.get(next_of(first));
  BOOST_TEST(second.body == R"({"repositories":["d","e"]})");
  BOOST_TEST(!second.has("Link"));
}

// case 32
BOOST_AUTO_TEST_CASE(a_last_page_that_is_exactly_full_has_no_link) {
  push({"a", "b"});
  BOOST_TEST(!client.get("/v2/_catalog?n=2").has("Link"));
}

// case 33
BOOST_FIXTURE_TEST_CASE(an_n_above_the_maximum_is_clamped, small_pages) {
  for (const auto& name : numbered(7))
    client.push_manifest(name, "t", lone_manifest(name));
  const auto first = client.get("/v2/_catalog?n=100");
  BOOST_TEST(first.status == 200);
  BOOST_TEST(strings_of(first.body, "repositories").size() == 5U);
  BOOST_REQUIRE(!next_of(first).empty());
  const name_list rest{"r105", "r106"};
  BOOST_TEST(strings_of(client.get(next_of(first)).body, "repositories") == rest,
             boost::test_tools::per_element());
}

// case 33
BOOST_AUTO_TEST_CASE(an_n_above_the_maximum_is_refused_if_configured) {
  running_registry strict{[](auto& settings) { settings.api.pages = {3, 5, true}; }};
  registry_client asking{strict};
  expect_error(asking, {"GET", "/v2/_catalog?n=6"}, 400, "PAGINATION_NUMBER_INVALID");
  BOOST_TEST(asking.get("/v2/_catalog?n=5").status == 200);
}

// case 34
BOOST_AUTO_TEST_CASE(an_n_of_zero_lists_nothing) {
  push({"a"});
  const auto response = client.get("/v2/_catalog?n=0");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == R"({"repositories":[]})");
  BOOST_TEST(!response.has("Link"));
}

// case 35
BOOST_DATA_TEST_CASE_F(catalog_case, an_n_that_is_not_a_count_is_refused,
                       boost::unit_test::data::make({"-1", "x", "1e9999", "99999999999999999999",
                                                     "1.5", "%201", "0x10", "+5"}),
                       n) {
  expect_error(client, {"GET", std::string{"/v2/_catalog?n="} + n}, 400,
               "PAGINATION_NUMBER_INVALID");
}

// case 36
BOOST_AUTO_TEST_CASE(a_page_larger_than_the_list_has_no_link) {
  push({"a", "b", "c", "d"});
  const auto response = client.get("/v2/_catalog?n=5");
  BOOST_TEST(response.body == R"({"repositories":["a","b","c","d"]})");
  BOOST_TEST(!response.has("Link"));
}

// cases 37, 38
BOOST_AUTO_TEST_CASE(last_need_not_exist_and_needs_no_n) {
  push({"a", "c", "e"});
  const name_list after_b{"c", "e"};
  BOOST_TEST(page("?last=b&n=5") == after_b, boost::test_tools::per_element());
  BOOST_TEST(page("?last=b") == after_b, boost::test_tools::per_element());
  BOOST_TEST(page("?last=a") == after_b, boost::test_tools::per_element());
  BOOST_TEST(client.get("/v2/_catalog?last=zzz").body == R"({"repositories":[]})");
}

// case 39
BOOST_AUTO_TEST_CASE(links_are_encoded_and_keep_other_parameters) {
  push({"a/b", "c/d", "e/f"});
  const auto first = client.get("/v2/_catalog?n=1&ns=docker.io%2Fx%20y");
  const auto next = first.header("Link");
  BOOST_TEST(next.starts_with("</v2/_catalog?"));
  BOOST_TEST(next.find("ns=docker.io%2Fx%20y") != std::string::npos);
  BOOST_TEST(next.find(' ') == next.find("; rel=\"next\"") + 1);
  const auto second = client.get(next_of(first));
  BOOST_TEST(second.body == R"({"repositories":["c/d"]})");
  BOOST_TEST(second.header("Link").find("ns=docker.io%2Fx%20y") != std::string::npos);
}

// case 40
BOOST_AUTO_TEST_CASE(a_repository_without_manifests_disappears) {
  push({"keeps", "loses"});
  const auto id = sha256(lone_manifest("loses"));
  BOOST_TEST(client.erase(manifest_path("loses", id)).status == 202);
  BOOST_TEST(client.get("/v2/_catalog").body == R"({"repositories":["keeps"]})");
}

// case 40
BOOST_AUTO_TEST_CASE(a_repository_with_only_blobs_is_not_listed) {
  client.push_blob("only/blobs", "bytes");
  BOOST_TEST(client.get("/v2/_catalog").body == R"({"repositories":[]})");
}

// case 41
BOOST_AUTO_TEST_CASE(a_giant_n_costs_nothing) {
  push({"a"});
  for (const auto* n : {"1000000000", "9223372036854775807", "18446744073709551615"}) {
    const auto response = client.get(std::string{"/v2/_catalog?n="} + n);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == R"({"repositories":["a"]})");
  }
}

BOOST_AUTO_TEST_SUITE_END()
