// Which tags of a repository go, and why.
#include "retention/judge.hpp"

#include "retention/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using retention::reason;

namespace {

retention::verdict verdict_on(const retention::rule_list& rules,
                              const std::vector<retention::tag_facts>& tags, std::size_t place) {
  return retention::judge(rules, sample_repository(), tags, retention_now).at(place);
}

retention::reason_set reasons(const std::vector<reason>& all) {
  retention::reason_set made;
  for (const auto each : all)
    made.add(each);
  return made;
}

const std::vector<retention::tag_facts> by_age{pushed_tag("c", 3), pushed_tag("a", 1),
                                               pushed_tag("d", 4), pushed_tag("b", 2)};

} // namespace

BOOST_AUTO_TEST_SUITE(judge)

BOOST_AUTO_TEST_CASE(a_tag_without_a_rule_stays) {
  BOOST_TEST(doomed_by({}, by_age).empty());
  BOOST_TEST(doomed_by(rules_in("[{repositories: other, keep: {lastpushed: 1}}]"), by_age).empty());
  BOOST_TEST(doomed_by(rule_with("tags: x*, keep: {matching: y}"), by_age).empty());
  BOOST_TEST((verdict_on({}, by_age, 0) == retention::verdict{}));
}

BOOST_AUTO_TEST_CASE(the_tags_that_were_pushed_last_stay) {
  BOOST_TEST(kept_by(rule_with("keep: {lastpushed: 2}"), by_age) == "a b");
  BOOST_TEST(kept_by(rule_with("keep: {lastpushed: 4}"), by_age) == "c a d b");
  BOOST_TEST(kept_by(rule_with("keep: {lastpushed: 9}"), by_age) == "c a d b");
}

BOOST_AUTO_TEST_CASE(a_protected_tag_stays_and_does_not_count) {
  auto tags = by_age;
  tags.at(1).is_protected = true;
  BOOST_TEST(kept_by(rule_with("keep: {lastpushed: 1}"), tags) == "a b");
  BOOST_TEST((verdict_on(rule_with("keep: {lastpushed: 1}"), tags, 1) == retention::verdict{}));
}

BOOST_AUTO_TEST_CASE(the_signature_of_a_protected_tag_stays) {
  auto tags = by_age;
  tags.at(2).is_protected = true;
  auto signature = pushed_tag("sha256-" + tags.at(2).target.hex() + ".sig", 9);
  tags.push_back(signature);
  const auto kept = kept_by(rule_with("keep: {lastpushed: 1}"), tags);
  BOOST_TEST(kept.find(".sig") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_tags_that_were_pulled_last_stay) {
  const std::vector tags{pulled_tag("a", 9, 3), pulled_tag("b", 9, 1), pulled_tag("c", 1, 2)};
  BOOST_TEST(kept_by(rule_with("keep: {lastpulled: 2}"), tags) == "b c");
}

BOOST_AUTO_TEST_CASE(tags_that_were_never_pulled_follow_by_their_pushes) {
  const std::vector tags{pushed_tag("a", 5), pushed_tag("b", 1), pulled_tag("c", 9, 9),
                         pushed_tag("d", 3)};
  BOOST_TEST(kept_by(rule_with("keep: {lastpulled: 1}"), tags) == "c");
  BOOST_TEST(kept_by(rule_with("keep: {lastpulled: 3}"), tags) == "b c d");
}

BOOST_AUTO_TEST_CASE(at_the_same_time_the_name_that_sorts_last_is_later) {
  const std::vector pushed{pushed_tag("b"), pushed_tag("d"), pushed_tag("a"), pushed_tag("c")};
  BOOST_TEST(kept_by(rule_with("keep: {lastpushed: 2}"), pushed) == "d c");
  const std::vector pulled{pulled_tag("b", 2, 1), pulled_tag("a", 2, 1), pulled_tag("c", 2, 1)};
  BOOST_TEST(kept_by(rule_with("keep: {lastpulled: 1}"), pulled) == "c");
}

BOOST_AUTO_TEST_CASE(young_tags_stay_until_the_end_of_the_duration) {
  auto late = pushed_tag("late", 2);
  late.pushed -= std::chrono::nanoseconds{1};
  auto future = pushed_tag("future", -1);
  BOOST_TEST(kept_by(rule_with("keep: {pushedwithin: 2d}"),
                     {pushed_tag("new", 1), pushed_tag("end", 2), late, future}) ==
             "new end future");
}

BOOST_AUTO_TEST_CASE(tags_in_use_stay_until_the_end_of_the_duration) {
  auto late = pulled_tag("late", 9, 2);
  *late.pulled -= std::chrono::nanoseconds{1};
  BOOST_TEST(kept_by(rule_with("keep: {pulledwithin: 2d}"),
                     {pulled_tag("used", 9, 1), pulled_tag("end", 9, 2), late,
                      pulled_tag("future", 9, -1), pushed_tag("never")}) == "used end future");
}

BOOST_AUTO_TEST_CASE(tags_that_match_stay) {
  BOOST_TEST(kept_by(rule_with("keep: {matching: ['*-lts', b]}"),
                     {pushed_tag("a"), pushed_tag("a-lts"), pushed_tag("b"), pushed_tag("bb")}) ==
             "a-lts b");
}

BOOST_AUTO_TEST_CASE(versions_stay_by_their_limits) {
  BOOST_TEST(kept_by(rule_with("keep: {versions: {major: 1, patch: 1}}"),
                     {pushed_tag("v1.0.0"), pushed_tag("2.0.0"), pushed_tag("v2.0.1"),
                      pushed_tag("2.1.0"), pushed_tag("2.2.0-rc.1"), pushed_tag("2.0.0-rc.1"),
                      pushed_tag("latest"), pushed_tag("2.1")}) == "v2.0.1 2.1.0 2.2.0-rc.1");
}

BOOST_AUTO_TEST_CASE(any_kind_is_enough) {
  const auto rules =
    rule_with("keep: {lastpushed: 1, lastpulled: 1, matching: m, versions: {major: 1}, "
              "pushedwithin: 2d, pulledwithin: 2d}");
  BOOST_TEST(doomed_by(rules, {pushed_tag("pushed", -1), pulled_tag("pulled", 9, 0),
                               pushed_tag("m", 9), pushed_tag("1.0.0", 9), pushed_tag("young", 1),
                               pulled_tag("used", 9, 1), pulled_tag("rest", 9, 8)}) == "rest");
}

BOOST_AUTO_TEST_CASE(a_tag_that_matches_stays_and_counts) {
  const auto rules = rule_with("keep: {lastpushed: 2, matching: a}");
  BOOST_TEST(kept_by(rules, by_age) == "a b");
}

BOOST_AUTO_TEST_CASE(an_exception_stays_and_does_not_count) {
  const auto rules = rule_with("except: a, keep: {lastpushed: 2}");
  BOOST_TEST(kept_by(rules, by_age) == "c a b");
  // 2.0.0 would leave no place for another major.
  BOOST_TEST(kept_by(rule_with("except: 2.0.0, keep: {versions: {major: 1}}"),
                     {pushed_tag("2.0.0"), pushed_tag("1.0.0"), pushed_tag("0.1.0")}) ==
             "2.0.0 1.0.0");
}

BOOST_AUTO_TEST_CASE(the_first_rule_decides) {
  const auto rules =
    rules_in("- {repositories: team/*, tags: [a, d], keep: {matching: a}}\n"
             "- {repositories: '*', tags: [d, b], except: b, keep: {matching: d}}\n"
             "- {repositories: '*', tags: b, keep: {matching: x}}\n"
             "- {repositories: '*', keep: {lastpushed: 1}}\n");
  // d would stay by the second rule, and b would go by the third.
  BOOST_TEST(doomed_by(rules, by_age) == "d");
  BOOST_TEST(verdict_on(rules, by_age, 1).rule.value() == 0U);
  BOOST_TEST(verdict_on(rules, by_age, 2).rule.value() == 0U);
  BOOST_TEST(verdict_on(rules, by_age, 3).rule.value() == 1U);
  BOOST_TEST(verdict_on(rules, by_age, 0).rule.value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_rule_counts_only_what_it_decides_about) {
  const auto rules = rules_in("- {repositories: '*', tags: a, keep: {matching: a}}\n"
                              "- {repositories: '*', keep: {lastpushed: 1}}\n");
  BOOST_TEST(kept_by(rules, by_age) == "a b");
}

BOOST_AUTO_TEST_CASE(a_verdict_says_all_that_lets_a_tag_stay) {
  const auto rules = rule_with("except: e, keep: {lastpushed: 2, lastpulled: 1, matching: a, "
                               "versions: {major: 1}, pushedwithin: 1d, pulledwithin: 1d}");
  const std::vector tags{pulled_tag("a", 1, 1), pushed_tag("e", 0), pushed_tag("1.0.0", 2),
                         pushed_tag("rest", 3)};
  BOOST_TEST((verdict_on(rules, tags, 0).because ==
              reasons({reason::last_pushed, reason::last_pulled, reason::pushed_within,
                       reason::pulled_within, reason::matching})));
  BOOST_TEST((verdict_on(rules, tags, 1).because == reasons({reason::excepted})));
  BOOST_TEST(
    (verdict_on(rules, tags, 2).because == reasons({reason::last_pushed, reason::versions})));
  const auto gone = verdict_on(rules, tags, 3);
  BOOST_TEST(gone.is_doomed);
  BOOST_TEST(gone.because.empty());
  BOOST_TEST(gone.rule.value() == 0U);
}

BOOST_AUTO_TEST_CASE(every_reason_has_a_key_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(retention::last_reason); ++i) {
    const auto name = to_string(static_cast<reason>(i));
    BOOST_TEST(names.insert(name).second);
    BOOST_TEST((name == "except" || name.starts_with("keep.")), name);
  }
}

BOOST_AUTO_TEST_CASE(no_tags_have_no_verdicts) {
  BOOST_TEST(
    retention::judge(rule_with("keep: {lastpushed: 1}"), sample_repository(), {}, retention_now)
      .empty());
}

BOOST_AUTO_TEST_SUITE_END()
