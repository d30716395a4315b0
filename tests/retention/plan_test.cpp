// What the rules remove from a registry.
#include "retention/plan.hpp"

#include "retention/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

const auto last_one = rule_with("keep: {lastpushed: 1}");

retention::planned_repository planned(std::string_view name,
                                      const std::vector<retention::tag_facts>& tags,
                                      const retention::rule_list& rules = last_one) {
  return plan_repository(rules, repository_name::parse(name).value(), tags, retention_now);
}

std::string id_of_plan(const std::vector<retention::planned_repository>& repositories,
                       const retention::rule_list& rules = last_one,
                       time_point made = retention_now) {
  return make_plan(rules, repositories, made).id;
}

} // namespace

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(a_repository_loses_what_is_doomed_sorted_by_name) {
  const auto made = planned("a", {pushed_tag("z", 2), pushed_tag("new"), pushed_tag("b", 1)});
  BOOST_TEST(made.name.to_string() == "a");
  BOOST_REQUIRE(made.tags.size() == 2U);
  BOOST_TEST(made.tags[0].name.to_string() == "b");
  BOOST_TEST((made.tags[0].target == digest::of("b")));
  BOOST_TEST(made.tags[0].rule == 0U);
  BOOST_TEST(made.tags[1].name.to_string() == "z");
}

BOOST_AUTO_TEST_CASE(repositories_are_sorted_and_those_that_lose_nothing_left_out) {
  const std::vector tags{pushed_tag("1", 1), pushed_tag("2")};
  const auto made =
    make_plan(last_one, {planned("b", tags), planned("c", {pushed_tag("1")}), planned("a", tags)},
              retention_now);
  BOOST_REQUIRE(made.repositories.size() == 2U);
  BOOST_TEST(made.repositories[0].name.to_string() == "a");
  BOOST_TEST(made.repositories[1].name.to_string() == "b");
  BOOST_TEST((made.made == retention_now));
}

BOOST_AUTO_TEST_CASE(an_id_is_half_of_a_digest_in_hex) {
  const auto id = id_of_plan({planned("a", {pushed_tag("1", 1), pushed_tag("2")})});
  BOOST_TEST(id.size() == 32U);
  BOOST_TEST(id.find_first_not_of("0123456789abcdef") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(equal_plans_have_equal_ids) {
  const std::vector tags{pushed_tag("1", 1), pushed_tag("2"), pushed_tag("0", 2)};
  auto turned = tags;
  std::ranges::reverse(turned);
  // What stays does not matter, and neither does when.
  auto others = turned;
  others.push_back(pushed_tag("3", -1));
  others.erase(std::ranges::find(others, std::string{"2"},
                                 [](const auto& each) { return each.name.to_string(); }));
  const auto id = id_of_plan({planned("a", tags), planned("b", tags)});
  BOOST_TEST(id_of_plan({planned("b", turned), planned("a", turned)}) == id);
  BOOST_TEST(id_of_plan({planned("a", others), planned("c", {}), planned("b", tags)}) == id);
  BOOST_TEST(id_of_plan({planned("a", tags), planned("b", tags)}, last_one, days_ago(-9)) == id);
}

BOOST_AUTO_TEST_CASE(other_plans_have_other_ids) {
  const std::vector tags{pushed_tag("1", 1), pushed_tag("2")};
  auto moved = tags;
  moved[0].target = digest::of("other");
  const auto id = id_of_plan({planned("a", tags)});
  BOOST_TEST(id_of_plan({}) != id);
  BOOST_TEST(id_of_plan({planned("b", tags)}) != id);
  BOOST_TEST(id_of_plan({planned("a", moved)}) != id);
  BOOST_TEST(id_of_plan({planned("a", {pushed_tag("0", 1), pushed_tag("2")})}) != id);
  BOOST_TEST(id_of_plan({planned("a", tags), planned("b", tags)}) != id);
  const auto more = rule_with("keep: {lastpushed: 1, matching: x}");
  BOOST_TEST(id_of_plan({planned("a", tags, more)}, more) != id);
}

BOOST_AUTO_TEST_SUITE_END()
