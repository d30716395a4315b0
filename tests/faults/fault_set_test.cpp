// Which requests a fault hits.
#include "faults/fault_set.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::faults;

namespace {

const subject push{"PUT", "put_manifest", "team/app", "v1", "skopeo/1.9"};

/// Which of the next requests are hit: `.x..x`.
std::string pattern(fault_set& faults, int requests, const subject& request = push) {
  std::string seen;
  for (int i = 0; i < requests; ++i)
    seen += faults.strike(request) ? 'x' : '.';
  return seen;
}

std::string pattern_of(const schedule& when, int requests = 8) {
  fault_set faults;
  rule made;
  made.when = when;
  faults.add({made});
  return pattern(faults, requests);
}

bool hits(const target& wanted) {
  fault_set faults;
  rule made;
  made.match = wanted;
  faults.add({made});
  return faults.strike(push).has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(fault_set)

using gantry::faults::fault_set;

BOOST_AUTO_TEST_CASE(an_empty_target_matches_everything) {
  BOOST_TEST(hits({}));
}

BOOST_AUTO_TEST_CASE(each_part_of_a_target_must_match) {
  BOOST_TEST(hits({.method = "PUT", .operation = "put_*", .repository = "team/*"}));
  BOOST_TEST(hits({.repository = "*app", .reference = "v?", .user_agent = "skopeo*"}));
  BOOST_TEST(!hits({.method = "put"}));
  BOOST_TEST(!hits({.operation = "get_manifest"}));
  BOOST_TEST(!hits({.repository = "team"}));
  BOOST_TEST(!hits({.reference = "v2"}));
  BOOST_TEST(!hits({.user_agent = "docker*"}));
}

BOOST_AUTO_TEST_CASE(a_schedule_says_which_requests_are_hit) {
  BOOST_TEST(pattern_of({}) == "xxxxxxxx");
  BOOST_TEST(pattern_of({.nth = 3}) == "..x.....");
  BOOST_TEST(pattern_of({.every = 3}) == "..x..x..");
  BOOST_TEST(pattern_of({.count = 2}) == "xx......");
  BOOST_TEST(pattern_of({.every = 2, .count = 2}) == ".x.x....");
  BOOST_TEST(pattern_of({.probability = 0}) == "........");
}

BOOST_AUTO_TEST_CASE(the_same_seed_hits_the_same_requests) {
  const auto first = pattern_of({.probability = 0.5, .seed = 7}, 200);
  BOOST_TEST(first == pattern_of({.probability = 0.5, .seed = 7}, 200));
  BOOST_TEST(first != pattern_of({.probability = 0.5, .seed = 8}, 200));
  const auto count = std::count(first.begin(), first.end(), 'x');
  BOOST_TEST(count > 60);
  BOOST_TEST(count < 140);
}

BOOST_AUTO_TEST_CASE(the_first_fault_that_is_due_hits) {
  fault_set faults;
  rule second;
  second.name = "every second";
  second.when.every = 2;
  rule always;
  always.name = "always";
  const auto added = faults.add({second, always});
  BOOST_REQUIRE(added.size() == 2u);
  BOOST_TEST(faults.strike(push)->what->name == "always");
  BOOST_TEST(faults.strike(push)->what->name == "every second");
  const auto listed = faults.list();
  BOOST_TEST(listed[0].matched == 2u);
  BOOST_TEST(listed[0].hits == 1u);
  BOOST_TEST(listed[1].matched == 1u);
  BOOST_TEST(listed[1].hits == 1u);
}

BOOST_AUTO_TEST_CASE(a_delay_is_drawn_from_its_range) {
  fault_set faults;
  rule made;
  made.does.delay = {.least = std::chrono::milliseconds{10}, .most = std::chrono::milliseconds{12}};
  faults.add({made});
  std::vector<int> seen(20);
  for (int i = 0; i < 100; ++i)
    ++seen.at(static_cast<std::size_t>(faults.strike(push)->delay.count()));
  BOOST_TEST(seen[10] + seen[11] + seen[12] == 100);
  BOOST_TEST(seen[10] > 0);
  BOOST_TEST(seen[12] > 0);
}

BOOST_AUTO_TEST_CASE(faults_are_removed_by_their_number_or_all_at_once) {
  fault_set faults;
  BOOST_TEST(faults.is_empty());
  const auto added = faults.add({rule{}, rule{}});
  BOOST_TEST(!faults.is_empty());
  BOOST_TEST(!faults.remove(added[1].id + 1));
  BOOST_TEST(faults.remove(added[0].id));
  BOOST_TEST(faults.list().front().id == added[1].id);
  faults.clear();
  BOOST_TEST(faults.is_empty());
  BOOST_TEST(!faults.strike(push));
}

BOOST_AUTO_TEST_CASE(too_many_faults_are_not_added_at_all) {
  fault_set faults;
  BOOST_TEST(faults.add(std::vector<rule>(fault_set::max_faults)).size() == fault_set::max_faults);
  BOOST_TEST(faults.add({rule{}}).empty());
  BOOST_TEST(faults.list().size() == fault_set::max_faults);
}

BOOST_AUTO_TEST_SUITE_END()
