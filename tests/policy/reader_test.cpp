// Policy files, and what is wrong with them.
#include "policy/reader.hpp"
#include "yaml/reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(reader)

namespace {

using namespace gantry::policy;

std::string refusal_of(const std::string& text) {
  try {
    read_policy(text);
    return "accepted";
  } catch (const gantry::yaml::mistake& wrong) {
    return wrong.what();
  }
}

/// The refusal of a rule whose keys are these, each on a line of its own; the first is on line 3.
std::string refusal_of_rule(std::string_view keys) {
  std::string text = "version: 1\nrules:\n- ";
  for (const char c : keys)
    text += c == ';' ? "\n  " : std::string{c};
  return refusal_of(text + "\n");
}

} // namespace

BOOST_AUTO_TEST_CASE(all_keys_are_read) {
  const auto read = read_policy("version: 1\n"
                                "groups:\n"
                                "  developers: [alice, bob]\n"
                                "  operators: []\n"
                                "rules:\n"
                                "- name: developers push\n"
                                "  allow: [pull, push]\n"
                                "  repositories: [\"team/**\", team]\n"
                                "  groups: [developers, operators]\n"
                                "  users: carol\n"
                                "- deny: delete\n"
                                "  repositories: \"**\"\n"
                                "  users: \"*\"\n"
                                "  anonymous: true\n"
                                "- allow: catalog\n"
                                "  claims: {project: [a, b], branch: main}\n");
  const auto& rules = read->rules();
  BOOST_TEST_REQUIRE(rules.size() == 3u);
  BOOST_TEST(rules[0].name == "developers push");
  BOOST_TEST(rules[0].line == 6);
  BOOST_TEST(!rules[0].denies);
  BOOST_TEST(rules[0].actions.has(action::pull));
  BOOST_TEST(rules[0].actions.has(action::push));
  BOOST_TEST(!rules[0].actions.has(action::remove));
  BOOST_TEST(rules[0].repositories.at(1).to_string() == "team");
  BOOST_TEST(rules[0].groups.size() == 2u);
  BOOST_TEST(rules[0].users.at(0) == "carol");
  BOOST_TEST(rules[1].denies);
  BOOST_TEST(rules[1].any_user);
  BOOST_TEST(rules[1].anonymous);
  BOOST_TEST(rules[2].claims.at("project").size() == 2u);
  BOOST_TEST(title_of(rules[0]) == "the rule \"developers push\" (line 6)");
  BOOST_TEST(title_of(rules[1]) == "the rule on line 11");
}

BOOST_AUTO_TEST_CASE(a_star_means_what_the_rule_is_about) {
  const auto read = read_policy("version: 1\nrules:\n"
                                "- allow: \"*\"\n  users: root\n"
                                "- allow: \"*\"\n  repositories: team/x\n  users: alice\n");
  BOOST_TEST((read->rules().at(0).actions == action_set::all()));
  BOOST_TEST(read->rules().at(0).repositories.at(0).matches_all());
  BOOST_TEST((read->rules().at(1).actions == action_set::in_repositories()));
}

BOOST_AUTO_TEST_CASE(no_rules_are_a_policy) {
  BOOST_TEST(read_policy("version: 1\nrules: []\n")->rules().empty());
}

BOOST_AUTO_TEST_CASE(mistakes_of_the_file_say_what_to_write) {
  BOOST_TEST(refusal_of("") == "write 'version: 1', and below it 'rules:'");
  BOOST_TEST(refusal_of("rules: []\n") ==
             "line 1, column 1: the version is missing: write 'version: 1'");
  BOOST_TEST(refusal_of("version: 1\n") ==
             "line 1, column 1: the rules are missing: write 'rules:', with [] to deny all");
  BOOST_TEST(refusal_of("version: 2\nrules: []\n") ==
             "line 1, column 10: version: '2' is not known: write 1");
  BOOST_TEST(refusal_of("version: 1\nruls: []\n") ==
             "line 2, column 1: 'ruls' is not a key of a policy; did you mean 'rules'?");
  BOOST_TEST(refusal_of("version: 1\nrules:\n  allow: pull\n") ==
             "line 3, column 3: rules: this is not a list: begin each rule with '- '");
  BOOST_TEST(refusal_of("version: 1\nrules: [x]\n") ==
             "line 2, column 9: this is not a rule: write its keys, such as 'allow: pull'");
  BOOST_TEST(refusal_of("version: 1\ngroups: [a]\nrules: []\n") ==
             "line 2, column 9: groups: write a map from names of groups to lists of users");
  BOOST_TEST(refusal_of("version: 1\nversion: 1\nrules: []\n") ==
             "line 2, column 1: the key 'version' stands here a second time");
}

BOOST_AUTO_TEST_CASE(mistakes_of_a_rule_say_what_to_write) {
  BOOST_TEST(refusal_of_rule("users: alice") ==
             "line 3, column 3: this rule says nothing: write 'allow:' or 'deny:' and actions");
  BOOST_TEST(refusal_of_rule("allow: catalog") ==
             "line 3, column 3: this rule names no subject: write 'users:', 'groups:', 'claims:' "
             "or 'anonymous: true'");
  BOOST_TEST(refusal_of_rule("allow: pul;users: a;repositories: b") ==
             "line 3, column 10: allow: 'pul' is not an action; did you mean 'pull'?");
  BOOST_TEST(refusal_of_rule("allow: [pull, everything];users: a;repositories: b") ==
             "line 3, column 17: allow: 'everything' is not an action: write pull, push, delete, "
             "catalog, metrics, admin or \"*\"");
  BOOST_TEST(refusal_of_rule("allow: pull;deny: push;users: a;repositories: b") ==
             "line 4, column 3: a rule either allows or denies: write two rules");
  BOOST_TEST(refusal_of_rule("allow: [];users: a") ==
             "line 3, column 10: allow: the list is empty: leave the key out");
  BOOST_TEST(refusal_of_rule("allow: catalog;user: a") ==
             "line 4, column 3: 'user' is not a key of a rule; did you mean 'users'?");
  BOOST_TEST(refusal_of_rule("allow: catalog;users: [a, a]") ==
             "line 4, column 14: users: 'a' stands here a second time");
  BOOST_TEST(refusal_of_rule("allow: catalog;users: []") ==
             "line 4, column 10: users: the list is empty: leave the key out");
  BOOST_TEST(refusal_of_rule("allow: catalog;claims: {}") ==
             "line 4, column 11: claims: write a map from names to values, such as {project: "
             "team/app}");
  BOOST_TEST(refusal_of_rule("allow: catalog;anonymous: yes") ==
             "line 4, column 14: anonymous: write true, or leave the key out");
}

BOOST_AUTO_TEST_CASE(two_rules_have_no_common_name) {
  BOOST_TEST(
    refusal_of_rule("name: x;allow: catalog;users: a\n- name: x;allow: metrics;users: a") ==
    "line 6, column 9: name: another rule has the name 'x'");
}

BOOST_AUTO_TEST_CASE(what_would_never_fit_is_refused) {
  BOOST_TEST(refusal_of_rule("allow: pull;users: a;repositories: Team") ==
             "line 5, column 17: repositories: 'Team' matches no repository: names have "
             "lower-case letters, digits, single . _ - between them, and single slashes");
  BOOST_TEST(refusal_of_rule("allow: catalog;users: [ali*]") ==
             "line 4, column 11: users: 'ali*' is a pattern, but names are compared as a whole: "
             "write the name of a user, or \"*\" alone for all");
  BOOST_TEST(refusal_of_rule("allow: catalog;groups: nobody") ==
             "line 4, column 11: groups: there is no group 'nobody': define it below 'groups:' of "
             "the file, with [] if its users come with their identity");
  BOOST_TEST(refusal_of("version: 1\ngroups: {developers: [a]}\nrules:\n"
                        "- allow: catalog\n  groups: develpers\n") ==
             "line 5, column 11: groups: there is no group 'develpers'; did you mean "
             "'developers'?");
}

BOOST_AUTO_TEST_CASE(repositories_stand_where_they_mean_something) {
  BOOST_TEST(refusal_of_rule("allow: [catalog, push];users: a") ==
             "line 3, column 3: push is about repositories: write which, such as 'repositories: "
             "[\"team/**\"]', or \"**\" for all");
  BOOST_TEST(refusal_of_rule("allow: [admin, pull];users: a;repositories: a/b") ==
             "line 5, column 3: admin is about the whole registry: write a rule of its own, "
             "without 'repositories'");
}

BOOST_AUTO_TEST_CASE(an_unquoted_star_is_explained) {
  for (const auto* keys :
       {"allow: *;users: a", "allow: pull;repositories: **;users: a",
        "allow: pull;repositories: [**];users: a", "allow: pull;repositories: */app;users: a"})
    BOOST_TEST(refusal_of_rule(keys).find("quotes") != std::string::npos, refusal_of_rule(keys));
}

BOOST_AUTO_TEST_CASE(there_are_limits) {
  std::string text = "version: 1\nrules:\n";
  for (std::size_t i = 0; i <= max_rules; ++i)
    text += "- {allow: catalog, users: a}\n";
  BOOST_TEST(refusal_of(text).ends_with("rules: there are more than 1000 rules"));
  std::string patterns = "version: 1\nrules:\n- allow: pull\n  users: a\n  repositories:\n";
  for (std::size_t i = 0; i <= max_patterns; ++i)
    patterns += "  - a\n";
  BOOST_TEST(refusal_of(patterns).ends_with("there are more than 10000 repositories"));
}

BOOST_AUTO_TEST_SUITE_END()
