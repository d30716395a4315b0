// One rule of retention.
#include "retention/rule.hpp"

#include "retention/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::test;

BOOST_AUTO_TEST_SUITE(rule)

BOOST_AUTO_TEST_CASE(a_rule_is_about_the_repositories_that_it_names) {
  const auto made = rules_in("[{repositories: [team/*, base], keep: {lastpushed: 1}}]").at(0);
  const auto is_about = [&](std::string_view name) {
    return is_about_repository(made, repository_name::parse(name).value());
  };
  BOOST_TEST(is_about("team/app"));
  BOOST_TEST(is_about("base"));
  BOOST_TEST(!is_about("bases"));
  BOOST_TEST(!is_about("other/team/app"));
}

BOOST_AUTO_TEST_CASE(a_rule_without_tags_is_about_all) {
  BOOST_TEST(is_about_tag(rule_with("keep: {lastpushed: 1}").at(0), "latest"));
  const auto some = rule_with("tags: [v*, latest], keep: {lastpushed: 1}").at(0);
  BOOST_TEST(is_about_tag(some, "v1"));
  BOOST_TEST(is_about_tag(some, "latest"));
  BOOST_TEST(!is_about_tag(some, "nightly"));
}

BOOST_AUTO_TEST_CASE(each_kind_of_keep_counts) {
  BOOST_TEST(retention::keep_list{}.empty());
  for (const std::string kind : {"lastpushed: 1", "lastpulled: 1", "pushedwithin: 1s",
                                 "pulledwithin: 1s", "matching: a", "versions: {major: 1}"})
    BOOST_TEST(!rule_with("keep: {" + kind + "}").at(0).keep.empty(), kind);
}

BOOST_AUTO_TEST_CASE(equal_rules_have_equal_fingerprints) {
  const auto one = rules_in("[{name: a, repositories: ['*'], tags: v*, keep: {pushedwithin: 1d}}]");
  const auto other = rules_in("# more lines\n"
                              "- repositories: '*'\n"
                              "  tags: [v*]\n"
                              "  keep: {pushedwithin: 24h}\n");
  BOOST_TEST((fingerprint_of(one) == fingerprint_of(other)));
}

BOOST_AUTO_TEST_CASE(rules_that_differ_have_different_fingerprints) {
  const std::vector<std::string> texts{
    "[]",
    "[{repositories: a, keep: {lastpushed: 1}}]",
    "[{repositories: b, keep: {lastpushed: 1}}]",
    "[{repositories: [a, b], keep: {lastpushed: 1}}]",
    "[{repositories: a, tags: b, keep: {lastpushed: 1}}]",
    "[{repositories: a, except: b, keep: {lastpushed: 1}}]",
    "[{repositories: a, keep: {lastpushed: 2}}]",
    "[{repositories: a, keep: {lastpulled: 1}}]",
    "[{repositories: a, keep: {pushedwithin: 1s}}]",
    "[{repositories: a, keep: {pulledwithin: 1s}}]",
    "[{repositories: a, keep: {matching: a}}]",
    "[{repositories: a, keep: {versions: {major: 1}}}]",
    "[{repositories: a, keep: {versions: {minor: 1}}}]",
    "[{repositories: a, keep: {versions: {patch: 1}}}]",
    "[{repositories: a, keep: {versions: {prereleases: 1}}}]",
    "[{repositories: a, keep: {lastpushed: 1}}, {repositories: b, keep: {lastpushed: 1}}]",
    "[{repositories: b, keep: {lastpushed: 1}}, {repositories: a, keep: {lastpushed: 1}}]"};
  std::set<std::string> seen;
  for (const auto& each : texts)
    BOOST_TEST(seen.insert(fingerprint_of(rules_in(each)).to_string()).second, each);
}

BOOST_AUTO_TEST_SUITE_END()
