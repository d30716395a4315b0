// `gantry policy`.
#include "app/policies.hpp"

#include "app/command_line.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace gantry;
using namespace gantry::app;

namespace {

struct own_policy {
  test::temp_dir folder;
  std::string file = folder
                       .write("p.yml", "version: 1\n"
                                       "groups: {ops: []}\n"
                                       "rules:\n"
                                       "- name: ops clean up\n"
                                       "  allow: delete\n"
                                       "  repositories: \"**\"\n"
                                       "  groups: ops\n"
                                       "- allow: push\n"
                                       "  repositories: team/*\n"
                                       "  claims: {project: a}\n"
                                       "- deny: pull\n"
                                       "  repositories: secret\n"
                                       "  users: alice\n"
                                       "- allow: catalog\n"
                                       "  anonymous: true\n")
                       .string();

  static command parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), {"gantry", "policy"});
    return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
  }
  /// The exit status and what is printed.
  static std::pair<int, std::string> run_with(std::vector<const char*> arguments) {
    const auto asked = std::get<policy_command>(parse(std::move(arguments)));
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output{std::tmpfile(), &std::fclose};
    const int status = run(asked, output.get());
    std::rewind(output.get());
    std::string text(1000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), output.get()));
    return {status, text};
  }
  std::pair<int, std::string> ask(std::vector<const char*> question) const {
    question.insert(question.begin(), {"test", file.c_str()});
    return run_with(std::move(question));
  }
  std::string refusal_of(std::vector<const char*> question) const {
    try {
      return ask(std::move(question)).second;
    } catch (const std::invalid_argument& wrong) {
      return wrong.what();
    }
  }
};

void check(const std::pair<int, std::string>& made, int status, const std::string& text) {
  BOOST_TEST(made.first == status);
  BOOST_TEST(made.second == text + "\n");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(policies, own_policy)

BOOST_AUTO_TEST_CASE(a_question_is_answered_with_the_rule_that_decides) {
  check(ask({"--user", "eve", "--group", "ops", "--action", "delete", "--repository", "a/b"}), 0,
        "allowed by the rule \"ops clean up\" (line 4)");
  check(ask({"--user", "ci", "--claim", "project=b", "--claim", "project=a", "--action", "push",
             "--repository", "team/app"}),
        0, "allowed by the rule on line 8");
  check(ask({"--user", "alice", "--repository", "secret"}), 1, "denied by the rule on line 11");
  check(ask({"--action", "catalog"}), 0, "allowed by the rule on line 14");
  check(ask({"--action", "push", "--repository", "team/app"}), 1, "denied: no rule allows it");
}

BOOST_AUTO_TEST_CASE(a_wrong_question_is_explained) {
  BOOST_TEST(refusal_of({"--action", "push"}) ==
             "push is about a repository: name it with --repository");
  BOOST_TEST(refusal_of({"--action", "admin", "--repository", "a"}) ==
             "admin is about the whole registry: leave --repository out");
  BOOST_TEST(refusal_of({"--group", "ops", "--action", "catalog"}) ==
             "anonymous clients have no groups and no claims: name a --user");
  BOOST_TEST(
    refusal_of({"--repository", "Team"}).starts_with("--repository 'Team' is not the name "));
  const auto unknown = std::get<message_command>(parse({"test", "f", "--action", "pul"}));
  BOOST_TEST(unknown.exit_code == 2);
  const auto claim = std::get<message_command>(parse({"test", "f", "--claim", "x"}));
  BOOST_TEST(claim.exit_code == 2);
  BOOST_TEST(claim.text.find("'x' is not of the form NAME=VALUE") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_check_counts_the_rules_or_names_the_mistake) {
  check(run_with({"check", file.c_str()}), 0, file + ": 4 rules");
  const auto broken = folder.write("b.yml", "version: 1\nrules: [{allow: pull}]\n").string();
  BOOST_CHECK_EXCEPTION(run_with({"check", broken.c_str()}), std::invalid_argument,
                        [&](const std::invalid_argument& why) {
                          return std::string{why.what()}.starts_with(broken + ": line 2, column ");
                        });
  BOOST_CHECK_THROW(run_with({"check", "/none"}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
