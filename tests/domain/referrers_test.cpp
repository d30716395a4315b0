// Filter and pages of the referrers list.
#include "domain/referrers.hpp"

#include "support/print.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using gantry::digest;
using gantry::referrer;
using gantry::referrers_query;
using gantry::render_referrers;
using gantry::select_referrers;

namespace {

/// Ten referrers with entries of 20 bytes; every second one is a signature.
struct ten_referrers {
  ten_referrers() {
    for (int i = 0; i < 10; ++i) {
      const std::string name = std::to_string(i);
      all.push_back({digest::of(name), i % 2 == 0 ? "signature" : "sbom",
                     R"({"digest":"number )" + name + "\"}"});
    }
    std::ranges::sort(all, {}, &referrer::id);
  }

  std::vector<referrer> all;
};

} // namespace

BOOST_AUTO_TEST_SUITE(referrers)

// case 170
BOOST_AUTO_TEST_CASE(no_referrers_are_an_empty_index) {
  const auto page = select_referrers({}, {});
  BOOST_TEST(page.items.empty());
  BOOST_TEST(!page.more);
  BOOST_TEST(render_referrers(page) ==
             R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
             R"("manifests":[]})");
}

BOOST_FIXTURE_TEST_CASE(all_are_listed_in_order_without_a_filter, ten_referrers) {
  const auto page = select_referrers(all, {});
  BOOST_TEST((page.items == all));
  BOOST_TEST(!page.more);
  const auto index = boost::json::parse(render_referrers(page));
  BOOST_TEST(index.at("manifests").as_array().size() == 10u);
}

// case 174
BOOST_FIXTURE_TEST_CASE(the_filter_takes_one_or_several_artifact_types, ten_referrers) {
  referrers_query query;
  query.artifact_types = {"sbom"};
  BOOST_TEST(select_referrers(all, query).items.size() == 5u);
  query.artifact_types = {"sbom", "signature"};
  BOOST_TEST(select_referrers(all, query).items.size() == 10u);
  query.artifact_types = {"other"};
  BOOST_TEST(select_referrers(all, query).items.empty());
}

// case 176
BOOST_FIXTURE_TEST_CASE(pages_end_before_their_size_is_exceeded, ten_referrers) {
  referrers_query query;
  query.max_bytes = render_referrers(select_referrers({all[0], all[1], all[2]}, {})).size();
  auto page = select_referrers(all, query);
  BOOST_TEST(page.items.size() == 3u);
  BOOST_TEST(page.more);
  BOOST_TEST(render_referrers(page).size() == query.max_bytes);
  --query.max_bytes;
  BOOST_TEST(select_referrers(all, query).items.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_page_holds_at_least_one_entry, ten_referrers) {
  referrers_query query;
  query.max_bytes = 1;
  const auto page = select_referrers(all, query);
  BOOST_TEST(page.items.size() == 1u);
  BOOST_TEST(page.more);
}

// case 176
BOOST_FIXTURE_TEST_CASE(pages_follow_each_other_while_entries_are_added, ten_referrers) {
  referrers_query query;
  query.max_bytes = render_referrers(select_referrers({all[0], all[1], all[2]}, {})).size();
  auto growing = all;
  std::vector<referrer> seen;
  for (bool more = true; more;) {
    const auto page = select_referrers(growing, query);
    seen.insert(seen.end(), page.items.begin(), page.items.end());
    more = page.more;
    query.last = page.items.back().id;
    // What sorts below the end of this page moves nothing above it.
    growing.insert(growing.begin(), growing.front());
  }
  BOOST_TEST((seen == all));
}

BOOST_FIXTURE_TEST_CASE(the_last_digest_need_not_exist, ten_referrers) {
  referrers_query query;
  query.last = all[4].id;
  all.erase(all.begin() + 4);
  const auto page = select_referrers(all, query);
  BOOST_REQUIRE(page.items.size() == 5u);
  BOOST_TEST((page.items.front() == all[4]));
}

BOOST_FIXTURE_TEST_CASE(more_counts_only_what_the_filter_lets_through, ten_referrers) {
  referrers_query query;
  query.artifact_types = {"sbom"};
  const auto sboms = select_referrers(all, query).items;
  query.last = sboms[3].id;
  query.max_bytes = 1;
  const auto page = select_referrers(all, query);
  BOOST_REQUIRE(page.items.size() == 1u);
  BOOST_TEST((page.items.front() == sboms[4]));
  BOOST_TEST(!page.more);
}

BOOST_AUTO_TEST_SUITE_END()
