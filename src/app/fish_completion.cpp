// The script for fish.
#include "app/completion.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cstddef>

namespace gantry::app {

namespace {

constexpr const char* fish_head =
  R"(# Completion of gantry in fish. Load it with: gantry completion fish | source
complete -c gantry -f
)";

/// Matches if the words typed so far name this command and none of its subcommands.
std::string condition_of(const described_command& command) {
  if (command.path.empty())
    return "__fish_use_subcommand";
  std::string text;
  for (std::size_t begin = 0; begin <= command.path.size();) {
    const auto end = std::min(command.path.find(' ', begin), command.path.size());
    text += (text.empty() ? "" : "; and ") + std::string{"__fish_seen_subcommand_from "} +
            command.path.substr(begin, end - begin);
    begin = end + 1;
  }
  if (!command.commands.empty())
    text += "; and not __fish_seen_subcommand_from " + join(command.commands, " ");
  return text;
}

/// The fish options that complete values of this type.
std::string values_of(const std::string& type) {
  if (type.empty())
    return "";
  if (const auto words = choices_in(type); !words.empty())
    return " -x -a '" + join(words, " ") + "'";
  if (type == "DIR")
    return " -x -a '(__fish_complete_directories)'";
  return type == "FILE" || type == "WHAT" ? " -r -F" : " -x";
}

std::string line_of(const described_command& command) {
  return "complete -c gantry -n '" + condition_of(command) + "'";
}

const described_command& below(const std::vector<described_command>& all,
                               const described_command& command, const std::string& name) {
  const auto path = command.path.empty() ? name : command.path + " " + name;
  return *std::ranges::find(all, path, &described_command::path);
}

std::string lines_of(const std::vector<described_command>& all, const described_command& command) {
  std::string text;
  for (const auto& name : command.commands)
    text +=
      line_of(command) + " -a " + name + " -d '" + brief(below(all, command, name).help) + "'\n";
  for (const auto& option : command.options) {
    if (!option.name.empty())
      text += line_of(command) + " -l " + option.name.substr(2) + values_of(option.type) + " -d '" +
              brief(option.help) + "'\n";
    else if (const auto words = choices_in(option.type); !words.empty())
      text += line_of(command) + " -a '" + join(words, " ") + "'\n";
    else if (option.type.ends_with(".json"))
      text += line_of(command) + " -F\n";
  }
  return text;
}

} // namespace

std::string fish_completion(const std::vector<described_command>& commands) {
  std::string script{fish_head};
  for (const auto& command : commands)
    script += lines_of(commands, command);
  return script;
}

} // namespace gantry::app
