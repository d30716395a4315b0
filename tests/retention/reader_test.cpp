// Rules in YAML, and what is wrong with them.
#include "retention/reader.hpp"

#include "retention/samples.hpp"
#include "support/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

std::string rules_refusal(const std::string& text) {
  return refusal_of([&] { rules_in(text); });
}

/// Of a rule that is right but for these keys.
std::string keys_refusal(const std::string& keys) {
  return refusal_of([&] { rule_with(keys); });
}

/// Of one key below `keep`, without the place.
std::string keep_refusal(const std::string& keys) {
  const auto text = keys_refusal("keep: {" + keys + "}");
  const auto end = text.find(": ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

} // namespace

BOOST_AUTO_TEST_SUITE(reader)

BOOST_AUTO_TEST_CASE(all_keys_are_read) {
  const auto rules = rules_in("- name: nightly builds\n"
                              "  repositories: [team/*, base]\n"
                              "  tags: [nightly-*]\n"
                              "  except: nightly-stable\n"
                              "  keep:\n"
                              "    lastpushed: 10\n"
                              "    lastpulled: 3\n"
                              "    pushedwithin: 30d\n"
                              "    pulledwithin: 1h30m\n"
                              "    matching: ['*-lts', latest]\n"
                              "    versions: {major: 4, minor: 3, patch: 2, prereleases: 1}\n"
                              "- repositories: '*'\n"
                              "  keep: {versions: {prereleases: 0}}\n");
  BOOST_REQUIRE(rules.size() == 2U);
  const auto& first = rules[0];
  BOOST_TEST(first.name == "nightly builds");
  BOOST_TEST(first.line == 1);
  BOOST_REQUIRE(first.repositories.size() == 2U);
  BOOST_TEST(first.repositories[1].to_string() == "base");
  BOOST_TEST(first.tags.at(0).to_string() == "nightly-*");
  BOOST_TEST(first.except.at(0).to_string() == "nightly-stable");
  BOOST_TEST(first.keep.last_pushed == 10U);
  BOOST_TEST(first.keep.last_pulled == 3U);
  BOOST_TEST((first.keep.pushed_within == 720h));
  BOOST_TEST((first.keep.pulled_within == 90min));
  BOOST_TEST(first.keep.matching.at(0).to_string() == "*-lts");
  BOOST_TEST((first.keep.versions ==
              retention::version_limits{.major = 4, .minor = 3, .patch = 2, .prereleases = 1}));
  const auto& second = rules[1];
  BOOST_TEST(second.name.empty());
  BOOST_TEST(second.line == 12);
  BOOST_TEST(second.tags.empty());
  BOOST_TEST(second.except.empty());
  BOOST_TEST(second.keep.last_pushed == 0U);
  BOOST_TEST((second.keep.versions == retention::version_limits{.prereleases = 0}));
}

BOOST_AUTO_TEST_CASE(no_rules_are_an_empty_list) {
  BOOST_TEST(rules_in("[]").empty());
  BOOST_TEST(rules_in("").empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_rules_is_refused) {
  BOOST_TEST(rules_refusal("a: b") ==
             "line 1, column 1: gantry.retention.rules: this is not a list of rules: write one "
             "such as [{repositories: team/*, keep: {lastpushed: 10}}]");
  BOOST_TEST(rules_refusal("- a\n") ==
             "line 1, column 3: gantry.retention.rules: this is not a rule: write its keys, such "
             "as 'repositories:' and 'keep:'");
}

BOOST_AUTO_TEST_CASE(unknown_keys_are_refused_with_the_nearest_one) {
  BOOST_TEST(rules_refusal("- repositories: a\n  exept: b\n") ==
             "line 2, column 3: 'exept' is not a key of gantry.retention.rules; did you mean "
             "'except'?");
  BOOST_TEST(keys_refusal("keep: {lastPushed: 1}") ==
             "line 1, column 29: 'lastPushed' is not a key of gantry.retention.rules.keep; did you "
             "mean 'lastpushed'?");
  BOOST_TEST(keep_refusal("count: 1") ==
             "'count' is not a key of gantry.retention.rules.keep, which has lastpulled, "
             "lastpushed, matching, pulledwithin, pushedwithin and versions");
  BOOST_TEST(keep_refusal("versions: {majors: 1}") ==
             "'majors' is not a key of gantry.retention.rules.keep.versions; did you mean "
             "'major'?");
}

BOOST_AUTO_TEST_CASE(a_rule_needs_repositories) {
  BOOST_TEST(rules_refusal("\n- keep: {lastpushed: 1}\n") ==
             "line 2, column 3: gantry.retention.rules: this rule names no repositories: write "
             "'repositories:' and a list of patterns, such as [team/*], or ['*'] for all");
}

BOOST_AUTO_TEST_CASE(a_rule_must_keep_something) {
  BOOST_TEST(rules_refusal("- repositories: a\n") ==
             "line 1, column 3: gantry.retention.rules: this rule keeps nothing, so it would "
             "remove all tags: write 'keep:' and a map, such as {lastpushed: 10, pulledwithin: "
             "30d}");
  BOOST_TEST(keys_refusal("keep: {}") ==
             "line 1, column 28: gantry.retention.rules.keep: write a map, such as {lastpushed: "
             "10, pulledwithin: 30d}");
  BOOST_TEST(keys_refusal("keep: 10") ==
             "line 1, column 28: gantry.retention.rules.keep: write a map, such as {lastpushed: "
             "10, pulledwithin: 30d}");
  BOOST_TEST(keys_refusal("keep: ") ==
             "line 1, column 22: gantry.retention.rules.keep is empty: leave it out, or write a "
             "map, such as {lastpushed: 10, pulledwithin: 30d}");
  BOOST_TEST(keep_refusal("versions: {}") ==
             "gantry.retention.rules.keep.versions: write a map, such as {major: 2, minor: 3, "
             "patch: 1}");
}

BOOST_AUTO_TEST_CASE(numbers_are_whole_and_in_their_bounds) {
  const std::string path = "gantry.retention.rules.keep.lastpushed";
  BOOST_TEST(keep_refusal("lastpushed: -1") ==
             path + ": '-1' is negative: write a whole number from 1 to 1000000, such as 10");
  BOOST_TEST(keep_refusal("lastpushed: 0") ==
             path + ": '0' is too small: write a whole number from 1 to 1000000, such as 10");
  BOOST_TEST(keep_refusal("lastpushed: 1000001") ==
             path + ": '1000001' is too large: write a whole number from 1 to 1000000, such as 10");
  BOOST_TEST(keep_refusal("lastpushed: 1.5") ==
             path + ": '1.5' has a fraction: write a whole number from 1 to 1000000, such as 10");
  BOOST_TEST(keep_refusal("lastpushed: [1]") == path + ": write a whole number, such as 10");
  BOOST_TEST(keep_refusal("lastpulled: ")
               .starts_with("gantry.retention.rules.keep.lastpulled is "
                            "empty: leave it out, or write a whole"));
  for (const auto* level : {"major", "minor", "patch"})
    BOOST_TEST(keep_refusal("versions: {" + std::string{level} + ": 0}")
                 .starts_with("gantry.retention.rules.keep.versions." + std::string{level} +
                              ": '0' is too small"));
  BOOST_TEST(keep_refusal("versions: {prereleases: -1}")
               .starts_with("gantry.retention.rules.keep.versions.prereleases: '-1' is negative: "
                            "write a whole number from 0 to"));
}

BOOST_AUTO_TEST_CASE(durations_are_positive) {
  const std::string path = "gantry.retention.rules.keep.pulledwithin";
  BOOST_TEST(keep_refusal("pulledwithin: -1d").starts_with(path + ": '-1d' is negative: write"));
  BOOST_TEST(keep_refusal("pulledwithin: 0").starts_with(path + ": '0' is too short"));
  BOOST_TEST(keep_refusal("pulledwithin: soon").starts_with(path + ": 'soon' is not a duration"));
  BOOST_TEST(keep_refusal("pulledwithin: [1d]") == path + ": write a duration, such as 30d");
  BOOST_TEST(keep_refusal("pushedwithin: {}") ==
             "gantry.retention.rules.keep.pushedwithin: write a duration, such as 30d");
}

BOOST_AUTO_TEST_CASE(patterns_must_be_able_to_match) {
  BOOST_TEST(rules_refusal("- repositories: [a, B]\n") ==
             "line 1, column 21: gantry.retention.rules.repositories: 'B' matches no repository: "
             "write a name, or a pattern such as team/*, with lower-case letters, digits, . _ - / "
             "and *");
  BOOST_TEST(keys_refusal("tags: 'v[0-9]'") ==
             "line 1, column 28: gantry.retention.rules.tags: 'v[0-9]' matches no tag: write a "
             "tag, or a pattern such as v1.*, with letters, digits, . _ - and *");
  BOOST_TEST(keys_refusal("except: 'a/b'")
               .starts_with("line 1, column 30: gantry.retention.rules.except: 'a/b' matches no"));
  BOOST_TEST(keep_refusal("matching: ['', a]")
               .starts_with("gantry.retention.rules.keep.matching: '' matches no tag"));
}

BOOST_AUTO_TEST_CASE(lists_have_patterns) {
  BOOST_TEST(rules_refusal("- repositories: []\n") ==
             "line 1, column 17: gantry.retention.rules.repositories: the list is empty: write a "
             "list of patterns, such as [team/*]");
  BOOST_TEST(keys_refusal("tags: []") ==
             "line 1, column 28: gantry.retention.rules.tags: the list is empty: write a list of "
             "patterns, such as ['v1.*', latest]");
  BOOST_TEST(keys_refusal("tags: {a: b}") ==
             "line 1, column 28: gantry.retention.rules.tags: write a list of patterns, such as "
             "['v1.*', latest]");
  BOOST_TEST(keys_refusal("except: [[a]]")
               .ends_with("gantry.retention.rules.except: write a list of patterns, such as "
                          "['v1.*', latest]"));
  BOOST_TEST(keys_refusal("except: ")
               .starts_with("line 1, column 22: gantry.retention.rules.except is empty: leave it "
                            "out, or write a list"));
  BOOST_TEST(keep_refusal("matching: []")
               .starts_with("gantry.retention.rules.keep.matching: the list is empty"));
}

BOOST_AUTO_TEST_CASE(names_of_rules_differ) {
  BOOST_TEST(rules_refusal("- {name: a, repositories: a, keep: {lastpushed: 1}}\n"
                           "- {name: a, repositories: b, keep: {lastpushed: 1}}\n") ==
             "line 2, column 10: gantry.retention.rules.name: another rule has the name 'a'");
  BOOST_TEST(keys_refusal("name: ''") ==
             "line 1, column 28: gantry.retention.rules.name: write a name of one line, such as "
             "nightly");
}

BOOST_AUTO_TEST_CASE(there_are_not_too_many_rules) {
  std::string text;
  for (std::size_t i = 0; i <= retention::max_rules; ++i)
    text += "- {repositories: a, keep: {lastpushed: 1}}\n";
  BOOST_TEST(rules_refusal(text) ==
             "line 1, column 1: gantry.retention.rules: there are more than 1000 rules");
}

BOOST_AUTO_TEST_CASE(the_rules_of_a_whole_file_are_not_nested_too_deeply) {
  const auto root = yaml::read("gantry: {retention: {rules: [{repositories: a, keep: {versions: "
                               "{major: 1}}}]}}");
  const auto& list = root.items.at(0).items.at(0).items.at(0);
  BOOST_TEST(retention::rules_key == "gantry.retention." + list.key);
  BOOST_TEST(retention::read_rules(list).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
