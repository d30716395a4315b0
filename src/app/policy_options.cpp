#include "app/policy_options.hpp"

#include "app/option_kinds.hpp"

#include <stdexcept>
#include <string>

namespace gantry::app {

namespace {

named_values<policy::action> actions() {
  named_values<policy::action> named;
  for (const auto name : policy::action_names())
    named.emplace_back(name, policy::find_action(name).value());
  return named;
}

void add_claim(policy::subject& who, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw std::invalid_argument{"'" + text +
                                "' is not of the form NAME=VALUE, such as "
                                "project=team/app"};
  who.claims[text.substr(0, equals)].push_back(text.substr(equals + 1));
}

void add_file(CLI::App& app, policy_command& parsed) {
  add_text(app, "file", parsed.file, "FILE", "the policy file")->required();
}

void fill_check(CLI::App& app, policy_command& parsed) {
  parsed.task = policy_task::check;
  add_file(app, parsed);
  app.footer("Exit status: 0 if the file is a policy, 2 if not.");
}

void fill_test(CLI::App& app, policy_command& parsed) {
  parsed.task = policy_task::test;
  auto& who = parsed.who;
  add_file(app, parsed);
  const auto set_user = [&who](const std::string& name) {
    who.user = name;
    who.anonymous = false;
  };
  add_value(app, "--user", "NAME", "who asks; without this, an anonymous client", set_user);
  add_values(app, "--group", "NAME", "a group that comes with the identity; may be repeated",
             [&who](const std::string& name) { who.groups.push_back(name); });
  add_values(app, "--claim", "NAME=VALUE", "what else the identity says; may be repeated",
             [&who](const std::string& text) { add_claim(who, text); });
  add_choice(app, "--action", parsed.what, actions(), "what is asked for");
  add_text(app, "--repository", parsed.repository, "NAME", "where to pull, push or delete");
  app.footer("Exit status: 0 if that is allowed, 1 if it is denied, 2 if the file or the question "
             "is wrong.");
}

void add_tasks(CLI::App& app, policy_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "check", "look for mistakes in a policy file", fill_check, parsed);
  add_command(app, "test", "say what a policy file decides, and by which rule", fill_test, parsed);
}

} // namespace

void add_policies(CLI::App& app, policy_command& parsed) {
  add_command(app, "policy", "check a policy file, or ask what it decides", add_tasks, parsed);
}

} // namespace gantry::app
