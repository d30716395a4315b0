// Filtering and paging of the referrers list.
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
using gantry::referrer_list;
using gantry::referrers_query;
using gantry::render_referrers;

namespace {

referrer_list list_of(const std::vector<referrer>& all) {
  referrer_list list;
  for (const auto& each : all)
    list.insert(each);
  return list;
}

gantry::referrers_page select_referrers(const std::vector<referrer>& all,
                                        const referrers_query& query) {
  return gantry::select_referrers(list_of(all), query);
}

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
    // An entry that sorts before the end of this page shifts nothing after it.
    const referrer below{digest::of("below"), "sbom", "{}"};
    if (below.id < page.items.back().id)
      growing.push_back(below);
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

BOOST_FIXTURE_TEST_CASE(more_counts_only_filtered_referrers, ten_referrers) {
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

BOOST_FIXTURE_TEST_CASE(an_erased_referrer_is_no_longer_listed, ten_referrers) {
  auto list = list_of(all);
  list.erase(all[3].id);
  list.erase(digest::of("never there"));
  BOOST_TEST(gantry::select_referrers(list, {}).items.size() == 9u);
  for (const auto& each : all)
    list.erase(each.id);
  BOOST_TEST(list.is_empty());
  referrers_query query;
  query.artifact_types = {"sbom"};
  BOOST_TEST(gantry::select_referrers(list, query).items.empty());
}

namespace {

/// Counts the fetches of the listing.
struct counted final : gantry::referrer_source {
  std::vector<digest> list(const std::string* type, const std::optional<digest>& after,
                           std::size_t limit) const override {
    listed += limit;
    return inner.list(type, after, limit);
  }
  std::optional<referrer> find(const digest& id) const override {
    ++found;
    return inner.find(id);
  }

  referrer_list inner;
  mutable std::size_t listed = 0;
  mutable std::size_t found = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(the_cost_of_a_page_depends_only_on_its_length) {
  counted source;
  for (int i = 0; i < 5'000; ++i)
    source.inner.insert(
      {digest::of(std::to_string(i)), i % 1'000 == 0 ? "rare" : "frequent", "{}"});
  referrers_query query;
  query.artifact_types = {"rare", "rare", "absent"};
  BOOST_TEST(gantry::select_referrers(source, query).items.size() == 5u);
  BOOST_TEST(source.listed <= gantry::max_referrers_listed);
  BOOST_TEST(source.found == 5u);
  // Each type without referrers costs one fetch.
  source.listed = 0;
  query.artifact_types.clear();
  for (int i = 0; i < 1'000; ++i)
    query.artifact_types.push_back("type " + std::to_string(i));
  BOOST_TEST(gantry::select_referrers(source, query).items.empty());
  BOOST_TEST(source.listed == 1'000u);
}

BOOST_AUTO_TEST_CASE(a_long_list_is_fetched_in_pieces_and_complete) {
  counted source;
  std::vector<referrer> all;
  for (int i = 0; i < 2'000; ++i)
    all.push_back({digest::of(std::to_string(i)), i % 2 == 0 ? "even" : "odd", "{}"});
  for (const auto& each : all)
    source.inner.insert(each);
  std::ranges::sort(all, {}, &referrer::id);
  BOOST_TEST((gantry::select_referrers(source, {}).items == all));
  referrers_query query;
  query.artifact_types = {"odd", "even"};
  BOOST_TEST((gantry::select_referrers(source, query).items == all));
}

BOOST_AUTO_TEST_SUITE_END()
