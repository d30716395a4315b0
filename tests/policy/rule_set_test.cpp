// What rules decide.
#include "policy/reader.hpp"
#include "policy/rule_set.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(rule_set)

namespace {

using namespace gantry::policy;

/// The decision and the line of the rule.
std::string decide(const std::string& rules, const subject& who, action what,
                   std::string_view repository = {}) {
  const auto read = read_policy("version: 1\n" + rules);
  const auto made = read->rights_of(who).decide(what, repository);
  return std::string{made.allowed ? "allowed" : "denied"} +
         (made.by ? " by " + std::to_string(made.by->line) : "");
}

const auto alice = subject::user_named("alice");
const auto bob = subject::user_named("bob");
const subject stranger;

} // namespace

BOOST_AUTO_TEST_CASE(what_no_rule_allows_is_denied) {
  BOOST_TEST(decide("rules: []", alice, action::pull, "a") == "denied");
  BOOST_TEST(decide("rules: []", stranger, action::admin) == "denied");
}

BOOST_AUTO_TEST_CASE(rights_are_separate) {
  const std::string rules = "rules:\n- {allow: push, repositories: a, users: alice}\n";
  BOOST_TEST(decide(rules, alice, action::push, "a") == "allowed by 3");
  BOOST_TEST(decide(rules, alice, action::pull, "a") == "denied");
  BOOST_TEST(decide(rules, alice, action::remove, "a") == "denied");
  BOOST_TEST(decide(rules, alice, action::push, "b") == "denied");
  BOOST_TEST(decide(rules, alice, action::catalog) == "denied");
  BOOST_TEST(decide(rules, bob, action::push, "a") == "denied");
}

BOOST_AUTO_TEST_CASE(a_denial_wins_wherever_it_stands) {
  const std::string rules = "groups: {all: [alice, bob]}\n"
                            "rules:\n"
                            "- {allow: \"*\", users: alice}\n"
                            "- {deny: pull, repositories: \"a/**\", groups: all}\n"
                            "- {deny: pull, repositories: a/b, users: alice}\n";
  BOOST_TEST(decide(rules, alice, action::pull, "a/b") == "denied by 5");
  BOOST_TEST(decide(rules, alice, action::push, "a/b") == "allowed by 4");
  BOOST_TEST(decide(rules, alice, action::pull, "a") == "allowed by 4");
}

BOOST_AUTO_TEST_CASE(users_are_named_or_all_that_have_logged_in) {
  const std::string rules = "rules:\n- {allow: catalog, users: \"*\"}\n";
  BOOST_TEST(decide(rules, alice, action::catalog) == "allowed by 3");
  BOOST_TEST(decide(rules, stranger, action::catalog) == "denied");
}

BOOST_AUTO_TEST_CASE(what_anonymous_clients_may_all_may) {
  const std::string rules = "rules:\n- {allow: pull, repositories: \"**\", anonymous: true}\n"
                            "- {deny: pull, repositories: \"b/**\", users: bob}\n";
  BOOST_TEST(decide(rules, stranger, action::pull, "b/c") == "allowed by 3");
  BOOST_TEST(decide(rules, alice, action::pull, "b/c") == "allowed by 3");
  BOOST_TEST(decide(rules, bob, action::pull, "b/c") == "denied by 4");
}

BOOST_AUTO_TEST_CASE(what_is_denied_to_anonymous_clients_users_may) {
  const std::string rules = "rules:\n- {deny: pull, repositories: secret, anonymous: true}\n"
                            "- {allow: pull, repositories: \"**\", anonymous: true}\n";
  BOOST_TEST(decide(rules, stranger, action::pull, "secret") == "denied by 3");
  BOOST_TEST(decide(rules, alice, action::pull, "secret") == "allowed by 4");
}

BOOST_AUTO_TEST_CASE(groups_come_from_the_file_or_with_the_identity) {
  const std::string rules = "groups: {in_file: [alice], in_identity: []}\n"
                            "rules:\n"
                            "- {allow: catalog, groups: in_file}\n"
                            "- {allow: metrics, groups: in_identity}\n";
  BOOST_TEST(decide(rules, alice, action::catalog) == "allowed by 4");
  BOOST_TEST(decide(rules, alice, action::metrics) == "denied");
  auto member = bob;
  member.groups = {"in_identity", "in_file", "unheard_of"};
  BOOST_TEST(decide(rules, member, action::catalog) == "allowed by 4");
  BOOST_TEST(decide(rules, member, action::metrics) == "allowed by 5");
}

BOOST_AUTO_TEST_CASE(all_claims_of_a_rule_must_fit) {
  const std::string rules =
    "rules:\n"
    "- {allow: push, repositories: a, claims: {project: [x, y], ref: main}}\n";
  subject robot = subject::user_named("robot");
  BOOST_TEST(decide(rules, robot, action::push, "a") == "denied");
  robot.claims["project"] = {"z", "y"};
  BOOST_TEST(decide(rules, robot, action::push, "a") == "denied");
  robot.claims["ref"] = {"main"};
  BOOST_TEST(decide(rules, robot, action::push, "a") == "allowed by 3");
  robot.claims["project"] = {"z"};
  BOOST_TEST(decide(rules, robot, action::push, "a") == "denied");
}

BOOST_AUTO_TEST_CASE(an_anonymous_subject_has_neither_name_nor_groups) {
  const std::string rules = "groups: {g: []}\nrules:\n"
                            "- {allow: catalog, users: alice}\n"
                            "- {allow: catalog, groups: g}\n"
                            "- {allow: catalog, claims: {a: b}}\n"
                            "- {allow: catalog, users: \"*\"}\n";
  const subject forged{
    .user = "alice", .groups = {"g"}, .claims = {{"a", {"b"}}}, .anonymous = true};
  BOOST_TEST(decide(rules, forged, action::catalog) == "denied");
}

BOOST_AUTO_TEST_CASE(a_user_without_a_name_is_no_other_user) {
  BOOST_TEST(decide("rules:\n- {allow: catalog, users: alice}\n", subject::user_named(""),
                    action::catalog) == "denied");
}

BOOST_AUTO_TEST_CASE(everywhere_is_known_without_names) {
  const auto may = [](const std::string& rules) {
    return read_policy("version: 1\nrules:\n" + rules)
      ->rights_of(alice)
      .may_everywhere(action::pull);
  };
  BOOST_TEST(may("- {allow: pull, repositories: \"**\", users: alice}\n"));
  BOOST_TEST(may("- {allow: pull, repositories: \"**\", anonymous: true}\n"));
  BOOST_TEST(may("- {allow: \"*\", users: \"*\"}\n"));
  BOOST_TEST(!may("- {allow: push, repositories: \"**\", users: alice}\n"));
  BOOST_TEST(!may("- {allow: pull, repositories: \"a/**\", users: alice}\n"));
  BOOST_TEST(!may("- {allow: pull, repositories: \"**\", users: bob}\n"));
  BOOST_TEST(!may("- {allow: pull, repositories: \"**\", users: alice}\n"
                  "- {deny: pull, repositories: a, users: alice}\n"));
  BOOST_TEST(may("- {allow: pull, repositories: \"**\", users: alice}\n"
                 "- {deny: push, repositories: a, users: alice}\n"));
}

BOOST_AUTO_TEST_CASE(anonymous_clients_are_admitted_if_a_rule_allows_them_something) {
  const auto admits = [](const std::string& rules) {
    return read_policy("version: 1\nrules:\n" + rules)->admits_anonymous();
  };
  BOOST_TEST(admits("- {allow: catalog, anonymous: true}\n"));
  BOOST_TEST(!admits("- {deny: catalog, anonymous: true}\n"));
  BOOST_TEST(!admits("- {allow: catalog, users: \"*\"}\n"));
}

BOOST_AUTO_TEST_SUITE_END()
