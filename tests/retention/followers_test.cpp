// Tags of signatures follow their subjects.
#include "retention/followers.hpp"

#include "retention/samples.hpp"
#include "retention/subject_tag.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

/// The tag of something that belongs to `subject`; its own manifest is called like its end.
retention::tag_facts tag_beside(std::string_view subject, std::string_view end) {
  return tag_of(end, retention::subject_name(digest::of(subject)).append(end));
}

/// Keeps tags that begin with `keep`.
const auto keeping = rule_with("keep: {matching: keep*}");

/// For each tag, whether it goes.
std::string fates(const std::vector<retention::tag_facts>& tags,
                  const retention::rule_list& rules = keeping) {
  std::string shown;
  for (const auto& each : retention::judge(rules, sample_repository(), tags, retention_now))
    shown += each.is_doomed ? 'x' : '-';
  return shown;
}

} // namespace

BOOST_AUTO_TEST_SUITE(followers)

BOOST_AUTO_TEST_CASE(what_belongs_to_a_manifest_goes_with_it) {
  for (const auto* end : {"", ".sig", ".att", ".sbom"}) {
    BOOST_TEST(fates({pushed_tag("old"), tag_beside("old", end)}) == "xx", end);
    BOOST_TEST(fates({pushed_tag("keep"), tag_beside("keep", end)}) == "--", end);
  }
}

BOOST_AUTO_TEST_CASE(it_stays_as_long_as_one_tag_of_the_manifest) {
  BOOST_TEST(fates({pushed_tag("old"), tag_of("old", "keep"), tag_beside("old", ".sig")}) == "x--");
  BOOST_TEST(fates({pushed_tag("old"), tag_of("old", "older"), tag_beside("old", ".sig")}) ==
             "xxx");
  // The rule is not about the other tag.
  const auto some = rule_with("tags: old, keep: {matching: x}");
  BOOST_TEST(fates({pushed_tag("old"), tag_of("old", "free"), tag_beside("old", ".sig")}, some) ==
             "x--");
}

BOOST_AUTO_TEST_CASE(it_stays_if_its_manifest_has_no_tag) {
  BOOST_TEST(fates({pushed_tag("old"), tag_beside("untagged", ".sig")}) == "x-");
}

BOOST_AUTO_TEST_CASE(signatures_of_signatures_follow_too) {
  const auto signature = tag_beside("old", ".sig");
  const auto of_signature = tag_beside(".sig", ".att");
  BOOST_TEST(fates({of_signature, signature, pushed_tag("old")}) == "xxx");
  BOOST_TEST(fates({of_signature, signature, pushed_tag("old"), tag_of("old", "keep")}) == "--x-");
  BOOST_TEST(fates({of_signature, signature}) == "--");
  // The signature has another tag, which stays.
  BOOST_TEST(fates({of_signature, signature, pushed_tag("old"), tag_of(".sig", "keep")}) == "-xx-");
}

BOOST_AUTO_TEST_CASE(a_tag_that_names_its_own_manifest_goes_with_the_others) {
  const auto own = tag_of("old", retention::subject_name(digest::of("old")));
  BOOST_TEST(fates({pushed_tag("old"), own}) == "xx");
  BOOST_TEST(fates({pushed_tag("old"), tag_of("old", "keep"), own}) == "x--");
  BOOST_TEST(fates({own}) == "-");
}

BOOST_AUTO_TEST_CASE(a_circle_goes_only_with_a_tag_that_a_rule_removes) {
  const auto first = tag_of("one", retention::subject_name(digest::of("two")));
  const auto second = tag_of("two", retention::subject_name(digest::of("one")));
  BOOST_TEST(fates({first, second}) == "--");
  BOOST_TEST(fates({first, second, tag_of("one", "old")}) == "xxx");
  BOOST_TEST(fates({first, second, tag_of("one", "old"), tag_of("two", "keep")}) == "--x-");
}

BOOST_AUTO_TEST_CASE(they_are_neither_judged_nor_counted) {
  // The signature was pushed last, and each rule would be about it.
  auto signature = tag_beside("a", ".sig");
  signature.pushed = days_ago(-1);
  signature.pulled = days_ago(-1);
  const std::vector tags{pushed_tag("a", 2), pushed_tag("b", 1), signature};
  BOOST_TEST(fates(tags, rule_with("keep: {lastpushed: 1}")) == "x-x");
  BOOST_TEST(fates(tags, rule_with("keep: {lastpulled: 1}")) == "x-x");
  BOOST_TEST(fates(tags, rule_with("tags: sha256-*, keep: {matching: x}")) == "---");
  const auto verdict =
    retention::judge(keeping, sample_repository(), std::vector{tags[2]}, retention_now).at(0);
  BOOST_TEST((verdict == retention::verdict{.follows_subject = true}));
}

BOOST_AUTO_TEST_CASE(one_that_goes_names_the_first_rule_that_removes_its_subject) {
  const auto rules = rules_in("- {repositories: '*', tags: b*, keep: {matching: x}}\n"
                              "- {repositories: '*', tags: a*, keep: {matching: x}}\n");
  const auto verdict = retention::judge(
    rules, sample_repository(),
    std::vector{pushed_tag("a1"), tag_of("a1", "b1"), tag_beside("a1", ".sig")}, retention_now)[2];
  BOOST_TEST(verdict.is_doomed);
  BOOST_TEST(verdict.follows_subject);
  BOOST_TEST(verdict.rule.value() == 0U);
  BOOST_TEST(verdict.because.empty());
}

BOOST_AUTO_TEST_SUITE_END()
