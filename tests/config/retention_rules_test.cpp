// The rules of retention in files and variables.
#include "config/retention_rules.hpp"

#include "config/draft.hpp"
#include "config/file.hpp"
#include "config/listing.hpp"
#include "config/table.hpp"
#include "config/variables.hpp"
#include "support/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::config;
using namespace std::chrono_literals;

namespace {

outcome rules_outcome(const std::string& lines, std::vector<const char*> variables = {}) {
  variables.push_back(nullptr);
  const config::environment all{variables.data()};
  config::draft made;
  read_variables(made, all);
  read_file(made, "c.yml", "version: 0.1\n" + lines, all);
  return made.finish();
}

retention::rule_list rules_given(const std::string& lines,
                                 std::vector<const char*> variables = {}) {
  return rules_outcome(lines, std::move(variables)).chosen->retention_rules;
}

/// What is wrong with rules that have these lines, the first of which is the fifth of the file.
std::string rules_mistake(const std::string& lines, std::vector<const char*> variables = {}) {
  return test::refusal_of(
    [&] { rules_outcome("gantry:\n  retention:\n    rules:\n" + lines, std::move(variables)); });
}

const std::string two_rules = R"(
gantry:
  retention:
    interval: 1d
    rules:
      - name: it's old
        repositories: [team/*, "${MORE}"]
        tags: nightly-*
        keep: {lastpushed: 10, matching: ["*-lts"], versions: {major: 3, prereleases: 0}}
      # about all others
      - keep:
          pushedwithin: ${DAYS:-30}d
        repositories: "*"
  scrub:
    interval: 7d
)";

} // namespace

BOOST_AUTO_TEST_SUITE(retention_rules)

BOOST_AUTO_TEST_CASE(rules_are_read_with_what_they_refer_to) {
  const auto rules = rules_given(two_rules, {"MORE=base"});
  BOOST_REQUIRE(rules.size() == 2u);
  BOOST_TEST(rules[0].name == "it's old");
  BOOST_TEST(rules[0].line == 7);
  BOOST_TEST(rules[0].repositories.at(1).to_string() == "base");
  BOOST_TEST(rules[0].keep.versions->major == 3u);
  BOOST_TEST(rules[1].line == 12);
  BOOST_CHECK(rules[1].keep.pushed_within == 30 * 24h);
}

BOOST_AUTO_TEST_CASE(without_rules_there_are_none) {
  BOOST_TEST(rules_given("").empty());
  BOOST_TEST(rules_given("gantry: {retention: {rules: }}\n").empty());
  BOOST_TEST(rules_given("gantry: {retention: {rules: []}}\n").empty());
  BOOST_CHECK(config::draft{}.finish().chosen->retention_rules.empty());
}

BOOST_AUTO_TEST_CASE(mistakes_are_refused_by_line_and_key) {
  BOOST_TEST(rules_mistake("      - {repositories: a, keeps: {lastpushed: 1}}\n") ==
             "c.yml: line 5, column 27: 'keeps' is not a key of gantry.retention.rules; did you "
             "mean 'keep'?");
  BOOST_TEST(rules_mistake("      - {repositories: a, keep: {lastpushed: '${N}'}}\n", {"N=many"})
               .starts_with("c.yml: line 5, column 46: gantry.retention.rules.keep.lastpushed: "
                            "'many' is not a number"));
  BOOST_TEST(rules_mistake("      - {repositories: a, keep: {lastpushed: '${N}'}}\n")
               .starts_with("c.yml: line 5, column 46: gantry.retention.rules.keep.lastpushed: "
                            "'${N}' is not set"));
  BOOST_TEST(
    rules_mistake("      - {repositories: a}\n")
      .starts_with("c.yml: line 5, column 9: gantry.retention.rules: this rule keeps nothing"));
  BOOST_TEST(test::refusal_of([] { rules_outcome("gantry: {retention: {rule: []}}\n"); }) ==
             "c.yml: line 2, column 22: 'rule' is not a key of gantry.retention; did you mean "
             "'rules'?");
}

BOOST_AUTO_TEST_CASE(a_variable_replaces_all_rules_of_the_file) {
  const auto* const variable =
    "REGISTRY_GANTRY_RETENTION_RULES=[{repositories: a, keep: {lastpulled: 4}}]";
  const auto rules = rules_given(two_rules, {variable, "MORE=base"});
  BOOST_REQUIRE(rules.size() == 1u);
  BOOST_TEST(rules[0].keep.last_pulled == 4u);
  BOOST_TEST(rules[0].line == 0);
  BOOST_TEST(rules_given(two_rules, {"REGISTRY_GANTRY_RETENTION_RULES=[]", "MORE=b"}).empty());
}

BOOST_AUTO_TEST_CASE(wrong_variables_are_named) {
  BOOST_TEST(test::refusal_of(
               [] { rules_outcome("", {"REGISTRY_GANTRY_RETENTION_RULES=[{repositories: a}]"}); })
               .starts_with("REGISTRY_GANTRY_RETENTION_RULES: line 1, column 2: "
                            "gantry.retention.rules: this rule keeps nothing"));
  const auto warnings = rules_outcome("", {"REGISTRY_GANTRY_RETENTION_RULES_0_TAGS=a"}).warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(
    warnings[0].starts_with("REGISTRY_GANTRY_RETENTION_RULES_0_TAGS has no effect: "
                            "REGISTRY_GANTRY_RETENTION_RULES holds all rules, as a list of YAML"));
}

BOOST_AUTO_TEST_CASE(the_listing_shows_rules_as_they_were_written) {
  const auto text = render(rules_outcome(two_rules, {"MORE=hush"}));
  const auto begin = text.find("gantry:\n");
  const auto end = text.find("# gantry.scheduler", begin);
  BOOST_REQUIRE(end != std::string::npos);
  BOOST_TEST(text.substr(begin, end - begin) == R"(gantry:
  retention:
    interval: 1d                                # c.yml:5
    rules:
      - name: 'it''s old'                       # c.yml:7
        repositories: ['team/*', '${MORE}']
        tags: 'nightly-*'
        keep:
          lastpushed: 10
          matching: ['*-lts']
          versions:
            major: 3
            prereleases: 0
      - keep:                                   # c.yml:12
          pushedwithin: '${DAYS:-30}d'
        repositories: '*'
)");
  BOOST_TEST(text.find("  scrub:\n    interval: 7d") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_listing_can_be_read_again) {
  const auto first = rules_outcome(two_rules, {"MORE=base"});
  const char* const variables[] = {"MORE=base", nullptr};
  config::draft again;
  read_file(again, "again.yml", render(first), config::environment{variables});
  BOOST_CHECK(again.finish().chosen->retention_rules == first.chosen->retention_rules);
}

BOOST_AUTO_TEST_CASE(rules_of_a_variable_and_their_absence_are_listed) {
  BOOST_TEST(render(rules_outcome("")).find("# gantry.retention.rules: none ") !=
             std::string::npos);
  const auto text = render(rules_outcome("", {"REGISTRY_GANTRY_RETENTION_RULES=[]"}));
  BOOST_TEST(text.find("    rules: []                                   # "
                       "REGISTRY_GANTRY_RETENTION_RULES\n") != std::string::npos,
             text);
}

BOOST_AUTO_TEST_CASE(an_interval_is_never_or_from_a_minute_to_a_year) {
  const auto& setting = *find_key("gantry.retention.interval");
  const auto read = [&](std::string_view text) {
    settings into;
    setting.holds.read(into, text, setting.holds);
    return into.retention_interval;
  };
  BOOST_CHECK(settings{}.retention_interval == 0ms);
  BOOST_CHECK(read("0") == 0ms);
  BOOST_CHECK(read("1m") == 1min);
  BOOST_CHECK(read("365d") == 365 * 24h);
  BOOST_TEST(test::refusal_of([&] { read("59s"); }) ==
             "'59s' is too short: at least 1m, such as 1m");
  BOOST_TEST(test::refusal_of([&] { read("366d"); }) ==
             "'366d' is too long: at most 365d, such as 1h");
}

BOOST_AUTO_TEST_SUITE_END()
