// The accounts of quotas.
#include "storage/api/quota_ledger.hpp"

#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

using told_list = std::vector<std::pair<std::string, unsigned>>;

quota_ledger three_quotas() {
  return quota_ledger{{{.name = "all", .bytes = 1000},
                       {.name = "team", .within = name("team"), .bytes = 100, .tags = 2},
                       {.name = "app", .within = name("team/app"), .tags = 1}}};
}

quota_use use_of(const quota_ledger& ledger, std::size_t which) {
  return ledger.list().at(which).use;
}

} // namespace

BOOST_AUTO_TEST_SUITE(quota_accounts)

BOOST_AUTO_TEST_CASE(a_repository_counts_for_the_quotas_above_it) {
  const auto ledger = three_quotas();
  using places = quota_ledger::places;
  BOOST_TEST((ledger.places_of(name("team")) == places{0, 1}));
  BOOST_TEST((ledger.places_of(name("team/app")) == places{0, 1, 2}));
  BOOST_TEST((ledger.places_of(name("team/app/x")) == places{0, 1, 2}));
  for (const auto* other : {"teams", "team-a", "team.a/app", "a/team"})
    BOOST_TEST((ledger.places_of(name(other)) == places{0}), other);
}

BOOST_AUTO_TEST_CASE(all_quotas_take_or_none) {
  auto ledger = three_quotas();
  const auto of = ledger.places_of(name("team/app"));
  ledger.take(of, {60, 1}).value();
  const auto refused = ledger.take(of, {40, 1});
  BOOST_TEST((code_of(refused) == errc::quota_exceeded));
  BOOST_TEST(refused.error().detail ==
             "the quota app has 1 of 1 tags in use, and this needs 1 more");
  BOOST_TEST((use_of(ledger, 0) == quota_use{60, 1}));
  BOOST_TEST((use_of(ledger, 1) == quota_use{60, 1}));
  BOOST_TEST(ledger.list().at(2).refusals == 1U);
  BOOST_TEST(ledger.list().at(1).refusals == 0U);
  ledger.take(of, {40, 0}).value();
  BOOST_TEST(ledger.take(of, {1, 0}).error().detail ==
             "the quota team has 100 of 100 bytes in use, and this needs 1 more");
}

BOOST_AUTO_TEST_CASE(what_adds_nothing_is_never_refused) {
  quota_ledger ledger{{{.name = "all", .bytes = 10, .tags = 1}}};
  ledger.set(0, {20, 2});
  BOOST_TEST(ledger.take({0}, {0, 0}).has_value());
  BOOST_TEST(ledger.has_room(name("a"), {0, 0}));
  BOOST_TEST(!ledger.has_room(name("a"), {1, 0}));
  BOOST_TEST(!ledger.has_room(name("a"), {0, 1}));
}

BOOST_AUTO_TEST_CASE(an_answer_about_room_counts_only_refusals) {
  quota_ledger ledger{{{.name = "all", .bytes = 10}}};
  BOOST_TEST(ledger.check(name("a"), {10, 5}).has_value());
  BOOST_TEST(!ledger.has_room(name("a"), {11, 0}));
  BOOST_TEST(ledger.list().at(0).refusals == 0U);
  BOOST_TEST((code_of(ledger.check(name("a"), {11, 0})) == errc::quota_exceeded));
  BOOST_TEST((code_of(ledger.check(name("a"), {std::numeric_limits<std::uint64_t>::max(), 0})) ==
              errc::quota_exceeded));
  BOOST_TEST(ledger.list().at(0).refusals == 2U);
  BOOST_TEST((use_of(ledger, 0) == quota_use{}));
}

BOOST_AUTO_TEST_CASE(percentages_are_told_once_until_the_use_falls) {
  told_list told;
  quota_ledger ledger{{{.name = "all", .bytes = 10, .tags = 3}}, [&](const quota_crossing& what) {
                        told.emplace_back((what.part == quota_part::bytes ? "bytes " : "tags ") +
                                            std::to_string(what.used) + '/' +
                                            std::to_string(what.limit),
                                          what.percent);
                      }};
  const auto use = [&](std::uint64_t bytes, std::uint64_t tags) { ledger.set(0, {bytes, tags}); };
  use(7, 2); // 2 of 3 are less than 80 %
  BOOST_TEST(told.empty());
  use(8, 2);
  use(9, 2);
  BOOST_TEST((told == told_list{{"bytes 8/10", 80}}));
  use(10, 3);
  use(11, 3);
  BOOST_TEST((std::exchange(told, {}) ==
              told_list{{"bytes 8/10", 80}, {"bytes 10/10", 100}, {"tags 3/3", 100}}));
  use(8, 3);
  BOOST_TEST(told.empty());
  use(10, 3);
  BOOST_TEST((std::exchange(told, {}) == told_list{{"bytes 10/10", 100}}));
  use(0, 0);
  use(8, 0);
  BOOST_TEST((told == told_list{{"bytes 8/10", 80}}));
}

BOOST_AUTO_TEST_CASE(percentages_of_the_largest_limit_are_exact) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  std::vector<unsigned> told;
  quota_ledger ledger{{{.name = "all", .bytes = most}},
                      [&](const quota_crossing& what) { told.push_back(what.percent); }};
  ledger.set(0, {most / 5 * 4 - 1, 0});
  BOOST_TEST(told.empty());
  ledger.set(0, {most / 5 * 4, 0});
  BOOST_TEST(told == (std::vector<unsigned>{80}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_share_gives_back_what_it_holds) {
  const auto ledger = std::make_shared<quota_ledger>(
    std::vector<quota>{{.name = "team", .within = name("team"), .bytes = 10},
                       {.name = "other", .within = name("other"), .bytes = 5}});
  {
    quota_share share{ledger, name("team/a")};
    share.take({4, 1}).value();
    share.settle({6, 2});
    BOOST_TEST((use_of(*ledger, 0) == quota_use{6, 2}));
    BOOST_TEST((code_of(share.move_to(name("other"))) == errc::quota_exceeded));
    share.settle({5, 2});
    {
      const auto moved = share.move_to(name("other")).value();
      BOOST_TEST((use_of(*ledger, 0) == quota_use{}));
      BOOST_TEST((use_of(*ledger, 1) == quota_use{5, 2}));
    }
    share.settle({7, 7}); // it counts for nothing any more
  }
  for (const auto& each : ledger->list())
    BOOST_TEST((each.use == quota_use{}));
  quota_share none{nullptr, name("a")};
  BOOST_TEST(none.take({1, 1}).has_value());
  BOOST_TEST(none.is_unlimited());
}

BOOST_AUTO_TEST_SUITE_END()
