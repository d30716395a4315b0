#include "app/policies.hpp"

#include "base/file_text.hpp"
#include "base/text.hpp"
#include "domain/repository_name.hpp"
#include "policy/reader.hpp"
#include "yaml/reader.hpp"

#include <memory>
#include <stdexcept>

namespace gantry::app {

namespace {

std::shared_ptr<const policy::rule_set> read(const std::filesystem::path& file) {
  const auto name = file.string();
  const auto text = read_file(file, yaml::max_bytes);
  if (!text)
    throw std::invalid_argument{name + ": this file cannot be read"};
  try {
    return policy::read_policy(*text);
  } catch (const yaml::mistake& wrong) {
    throw std::invalid_argument{name + ": " + wrong.what()};
  }
}

void check_question(const policy_command& asked) {
  const std::string what{to_string(asked.what)};
  if (asked.who.anonymous && (!asked.who.groups.empty() || !asked.who.claims.empty()))
    throw std::invalid_argument{"anonymous clients have no groups and no claims: name a --user"};
  if (!is_in_repository(asked.what)) {
    if (!asked.repository.empty())
      throw std::invalid_argument{what + " is about the whole registry: leave --repository out"};
    return;
  }
  if (asked.repository.empty())
    throw std::invalid_argument{what + " is about a repository: name it with --repository"};
  if (!repository_name::parse(asked.repository))
    throw std::invalid_argument{"--repository '" + excerpt(asked.repository) +
                                "' is not the name of a repository: use lower-case letters, "
                                "digits, separators and slashes"};
}

int print(const policy::decision& made, std::FILE* output) {
  const auto* const verdict = made.allowed ? "allowed" : "denied";
  if (made.by)
    std::fprintf(output, "%s by %s\n", verdict, title_of(*made.by).c_str());
  else
    std::fprintf(output, "%s: no rule allows it\n", verdict);
  return made.allowed ? 0 : 1;
}

} // namespace

int run(const policy_command& command, std::FILE* output) {
  if (command.task == policy_task::test)
    check_question(command);
  const auto rules = read(command.file);
  if (command.task == policy_task::test)
    return print(rules->rights_of(command.who).decide(command.what, command.repository), output);
  const auto count = rules->rules().size();
  std::fprintf(output, "%s: %zu rule%s\n", command.file.c_str(), count, count == 1 ? "" : "s");
  return 0;
}

} // namespace gantry::app
