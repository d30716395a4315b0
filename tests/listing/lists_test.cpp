// Pages of lists: every order, filters, and what a page costs.
#include "listing/columns.hpp"
#include "listing/content.hpp"
#include "listing/lists.hpp"
#include "listing/pull_rows.hpp"
#include "listing/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using listing::page_query;
using listing::tag_order;
using listing::tag_query;
using words_list = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(lists)

namespace {

constexpr time_point dawn{std::chrono::hours{24 * 365 * 50 + 6}};

struct tagged_index {
  listing::database rows{""};

  void add_tags(std::size_t count, std::string_view where = "app") {
    const auto in = name(where);
    rows.in_transaction([&] {
      listing::content into{rows.rows(), in};
      for (std::size_t each = 0; each < count; ++each) {
        const auto target = digest::of("image " + std::to_string(each % 7));
        into.add_manifest({.id = target,
                           .media_type = "image",
                           .bytes = 100 + each % 7,
                           .platform = each % 2 == 0 ? "linux/amd64" : "linux/arm64"});
        auto by = std::make_shared<const changer>(
          changer{each % 3 == 0 ? "" : "user " + std::to_string(each % 3), "", ""});
        into.set_tag({.name = tag::parse(number(each)).value(),
                      .target = target,
                      .since = dawn + std::chrono::seconds{each * 31 % 101},
                      .by = std::move(by)},
                     {});
      }
    });
  }
  /// `v000012`
  static std::string number(std::size_t each) {
    auto text = std::to_string(each);
    return "v" + std::string(6 - text.size(), '0') + text;
  }
  listing::found_rows<listing::tag_record> page(const tag_query& query,
                                                std::string_view where = "app") {
    return listing::list_tags(rows.rows(), name(where), query).value();
  }
  words_list names(const tag_query& query) {
    words_list all;
    for (const auto& each : page(query).items)
      all.push_back(each.name.to_string());
    return all;
  }
  /// Page after page.
  words_list all_pages(tag_query query) {
    words_list all;
    do {
      const auto found = page(query);
      for (const auto& each : found.items)
        all.push_back(words(each));
      query.page.last = found.next;
    } while (!query.page.last.empty());
    return all;
  }
};

/// The value of a record in the order, as a pair that sorts like it.
std::pair<std::uint64_t, std::string> value_of(const listing::tag_record& one, tag_order by) {
  switch (by) {
  case tag_order::name: return {0, one.name.to_string()};
  case tag_order::digest: return {0, one.target.to_binary()};
  case tag_order::size: return {one.size, ""};
  case tag_order::platforms: return {0, one.platforms.empty() ? "" : one.platforms.front()};
  case tag_order::pushed: return {to_microseconds(one.pushed.value()), ""};
  case tag_order::pushed_by: return {0, one.pushed_by};
  case tag_order::pulled: return {one.pulls.last ? to_microseconds(*one.pulls.last) : 0, ""};
  case tag_order::pulls: return {one.pulls.count, ""};
  case tag_order::referrers: return {one.referrers.size(), ""};
  }
  return {};
}

constexpr auto last_order = static_cast<int>(tag_order::referrers);

} // namespace

BOOST_FIXTURE_TEST_CASE(every_order_holds_over_all_pages, tagged_index) {
  add_tags(50);
  for (std::size_t each = 0; each < 50; each += 3)
    listing::add_pulls(rows.rows(),
                       {{"app", number(each), each % 5 + 1, dawn + std::chrono::hours{each % 4}}});
  const auto in_app = name("app");
  listing::content{rows.rows(), in_app}.add_manifest(
    {.id = absent_digest(), .artifact_type = "x", .bytes = 1, .subject = digest::of("image 1")});
  for (int by = 0; by <= last_order; ++by)
    for (const bool descending : {false, true}) {
      const auto order = static_cast<tag_order>(by);
      auto all = page({.page = {.limit = 1000}}).items;
      BOOST_REQUIRE(all.size() == 50U);
      std::ranges::sort(all, [&](const auto& left, const auto& right) {
        const std::pair a{value_of(left, order), left.name.to_string()};
        const std::pair b{value_of(right, order), right.name.to_string()};
        return descending ? b < a : a < b;
      });
      for (const std::size_t limit : {1, 7, 50, 51})
        BOOST_TEST_CONTEXT("order " << by << (descending ? " down" : " up") << ", pages of "
                                    << limit)
      BOOST_TEST(all_pages({.page = {.limit = limit}, .sorted = {order, descending}}) ==
                   all_words(all),
                 boost::test_tools::per_element());
    }
}

BOOST_FIXTURE_TEST_CASE(filters_are_globs_and_parts_of_names, tagged_index) {
  add_tags(30);
  const auto count = [&](page_query page) {
    page.limit = 1000;
    return names({.page = std::move(page)}).size();
  };
  BOOST_TEST(count({.name = "v00001*"}) == 10U);
  BOOST_TEST(count({.name = "*7"}) == 3U);
  BOOST_TEST(count({.name = "v000007"}) == 1U);
  BOOST_TEST(count({.name = "v*1*2"}) == 1U);
  BOOST_TEST(count({.name = "w*"}) == 0U);
  BOOST_TEST(count({.contains = "V0000"}) == 30U);
  BOOST_TEST(count({.contains = "02"}) == 11U);
  BOOST_TEST(count({.name = "*5", .contains = "1"}) == 1U);
  words_list down{"v000019", "v000018"};
  const tag_query last_two{.page = {.name = "v00001*", .limit = 2},
                           .sorted = {tag_order::name, true}};
  BOOST_TEST(names(last_two) == down, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_page_is_the_last_one_if_nothing_fits_behind_it, tagged_index) {
  add_tags(30);
  const auto found = page({.page = {.name = "*7", .limit = 3}, .sorted = {tag_order::size}});
  BOOST_TEST(found.items.size() == 3U);
  BOOST_TEST(found.next == "");
  BOOST_TEST(page({.page = {.name = "*7", .limit = 2}}).next == "v000017");
}

BOOST_FIXTURE_TEST_CASE(a_row_that_changes_between_pages_is_no_obstacle, tagged_index) {
  add_tags(10);
  const auto first = page({.page = {.limit = 4}, .sorted = {tag_order::pushed}});
  const auto in_app = name("app");
  listing::content{rows.rows(), in_app}.remove_tag(first.items.back().name);
  const auto second =
    page({.page = {.limit = 100, .last = first.next}, .sorted = {tag_order::pushed}});
  BOOST_TEST(second.items.size() == 6U);
}

BOOST_FIXTURE_TEST_CASE(a_last_of_no_page_is_refused, tagged_index) {
  add_tags(1);
  const auto code = [&](tag_order by, std::string last) {
    return code_of(listing::list_tags(rows.rows(), name("app"),
                                      {.page = {.last = std::move(last)}, .sorted = {by}}));
  };
  BOOST_TEST((code(tag_order::size, "v1") == errc::pagination_invalid));
  BOOST_TEST((code(tag_order::size, "x v1") == errc::pagination_invalid));
  BOOST_TEST((code(tag_order::size, "99999999999999999999 v1") == errc::pagination_invalid));
  BOOST_TEST((code(tag_order::digest, " v1") == errc::pagination_invalid));
  BOOST_TEST((code(tag_order::name, "anything at all") == errc{}));
  BOOST_TEST((code(tag_order::pushed_by, "two words v1") == errc{}));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_repository_has_no_list, tagged_index) {
  BOOST_TEST((code_of(listing::list_tags(rows.rows(), name("app"), {})) == errc::name_unknown));
}

BOOST_FIXTURE_TEST_CASE(a_page_looks_at_a_limited_number_of_rows, tagged_index) {
  add_tags(listing::max_rows_looked_at + 10);
  auto found = page({.page = {.contains = "nothing", .limit = 1}});
  BOOST_TEST(found.items.empty());
  BOOST_TEST(found.next == number(listing::max_rows_looked_at - 1));
  found = page({.page = {.contains = "nothing", .limit = 1, .last = found.next}});
  BOOST_TEST(found.items.empty());
  BOOST_TEST(found.next == "");
}

BOOST_FIXTURE_TEST_CASE(a_page_costs_the_same_in_a_long_list, tagged_index) {
  add_tags(1'000, "short");
  add_tags(50'000, "long");
  const auto steps = [&](std::string_view where, tag_order by, bool descending) {
    const tag_query query{.page = {.limit = 100}, .sorted = {by, descending}};
    page(query, where); // makes the index
    const auto before = rows.rows().steps();
    BOOST_TEST(page(query, where).items.size() == 100U);
    return static_cast<double>(rows.rows().steps() - before);
  };
  for (int by = 0; by <= last_order; ++by)
    for (const bool descending : {false, true})
      BOOST_TEST_CONTEXT("order " << by << (descending ? " down" : " up")) {
        const auto order = static_cast<tag_order>(by);
        BOOST_TEST(steps("long", order, descending) <= 1.1 * steps("short", order, descending));
      }
}

BOOST_FIXTURE_TEST_CASE(repositories_are_sorted_by_every_column, tagged_index) {
  for (std::size_t each = 1; each <= 12; ++each)
    add_tags(each, "team" + std::to_string(each % 3) + "/app" + std::to_string(each));
  const auto parsed = listing::read_repository_sorting("-tags").value();
  const auto found =
    listing::list_repositories(rows.rows(), {.page = {.limit = 5}, .sorted = parsed});
  BOOST_REQUIRE(found->items.size() == 5U);
  BOOST_TEST(found->items.front().name.to_string() == "team0/app12");
  BOOST_TEST(found->next == "8 team2/app8");
  std::set<std::string> all;
  for (const auto& each : listing::repository_columns()) {
    listing::repository_query query{.page = {.limit = 5},
                                    .sorted = listing::read_repository_sorting(each.name).value()};
    std::size_t seen = 0;
    do {
      const auto some = listing::list_repositories(rows.rows(), query).value();
      seen += some.items.size();
      for (const auto& one : some.items)
        all.insert(std::string{each.name} + one.name.to_string());
      query.page.last = some.next;
    } while (!query.page.last.empty());
    BOOST_TEST(seen == 12U);
  }
  BOOST_TEST(all.size() == 12 * listing::repository_columns().size());
}

BOOST_FIXTURE_TEST_CASE(hidden_repositories_are_passed_over, tagged_index) {
  for (const auto* where : {"a", "b/secret", "c"})
    add_tags(1, where);
  const auto is_open = [](const repository_name& one) { return one != name("b/secret"); };
  const auto found =
    listing::list_repositories(rows.rows(), {.page = {.limit = 10}, .shows = is_open}).value();
  BOOST_REQUIRE(found.items.size() == 2U);
  BOOST_TEST(found.items.back().name.to_string() == "c");
  BOOST_TEST(!found.next_is_hidden);
}

BOOST_FIXTURE_TEST_CASE(a_search_that_stops_at_a_hidden_name_says_so, tagged_index) {
  rows.in_transaction([&] {
    for (std::size_t each = 0; each <= listing::max_rows_looked_at; ++each) {
      const auto where = name(number(each));
      listing::content{rows.rows(), where}.add_manifest({.id = absent_digest(), .bytes = 1});
    }
  });
  const auto none = [](const repository_name&) { return false; };
  const auto found = listing::list_repositories(rows.rows(), {.shows = none}).value();
  BOOST_TEST(found.items.empty());
  BOOST_TEST(found.next == number(listing::max_rows_looked_at - 1));
  BOOST_TEST(found.next_is_hidden);
}

BOOST_FIXTURE_TEST_CASE(all_tags_of_wanted_repositories_can_be_visited, tagged_index) {
  add_tags(2'345, "many");
  add_tags(1, "one");
  add_tags(1, "unwanted");
  words_list visited;
  listing::visit_tags(
    rows.rows(), [](const repository_name& where) { return where != name("unwanted"); },
    [&](const repository_name& where, const std::vector<listing::visited_tag>& tags) {
      visited.push_back(where.to_string() + " " + std::to_string(tags.size()) + " " +
                        tags.back().name.to_string());
    })
    .value();
  BOOST_TEST(visited == (words_list{"many 2345 v002344", "one 1 v000000"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sortings_are_columns_with_a_minus_or_none) {
  const auto down = listing::read_tag_sorting("-pulled").value();
  BOOST_TEST((down == listing::sorting<tag_order>{tag_order::pulled, true}));
  BOOST_TEST((listing::read_tag_sorting("pushed_by").value().by == tag_order::pushed_by));
  for (const auto* text : {"", "-", "--name", "Name", "own_bytes", "name;"})
    BOOST_TEST((code_of(listing::read_tag_sorting(text)) == errc::request_invalid));
  BOOST_TEST(listing::read_repository_sorting("age").error().detail.find("own_bytes") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
