#include "app/completion.hpp"

#include "app/mistakes.hpp"
#include "app/option_kinds.hpp"
#include "app/program.hpp"
#include "base/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace gantry::app {

namespace {

using command_path = std::vector<std::string>;

described_option describe(const CLI::Option& option) {
  const bool takes_value = option.get_items_expected_max() > 0;
  const bool is_argument = !option.nonpositional();
  const bool takes_several = is_argument && option.get_items_expected_max() > 1;
  return {.name = is_argument ? "" : "--" + option.get_lnames().front(),
          .type = takes_value ? option.get_type_name() : "",
          .help = option.get_description(),
          .may_be_repeated =
            takes_several || option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll,
          .is_required = option.get_required(),
          .fallback = option.get_default_str(),
          .placeholder = is_argument ? given_name(option) : ""};
}

/// Adds the command and its subcommands. A command gets its options only when it is parsed, so each
/// is parsed in a separate program.
void describe(const command_path& path, std::vector<described_command>& all) {
  program whole;
  auto arguments = path;
  arguments.emplace_back("--help");
  std::ranges::reverse(arguments);
  try {
    whole.app.parse(arguments);
  } catch (const CLI::ParseError&) {
    // Expected: `--help` stops the parser.
  }
  const auto& met = innermost(whole.app);
  described_command described{join(path, " "), met.get_description(), {}, {}};
  for (const auto* option : met.get_options())
    described.options.push_back(describe(*option));
  for (const auto* below : met.get_subcommands([](const CLI::App*) { return true; }))
    described.commands.push_back(below->get_name());
  const auto names = described.commands;
  all.push_back(std::move(described));
  for (const auto& name : names) {
    auto longer = path;
    longer.push_back(name);
    describe(longer, all);
  }
}

} // namespace

std::vector<described_command> describe_commands() {
  std::vector<described_command> all;
  describe({}, all);
  return all;
}

std::string completion_script(shell reader, const std::vector<described_command>& commands) {
  switch (reader) {
  case shell::bash: return bash_completion(commands);
  case shell::fish: return fish_completion(commands);
  case shell::zsh: return zsh_completion(commands);
  }
  return {};
}

std::vector<std::string> choices_in(const std::string& type) {
  std::vector<std::string> words;
  if (!type.starts_with('{') || !type.ends_with('}'))
    return words;
  for (std::size_t begin = 1; begin < type.size();) {
    const auto end = type.find_first_of(",}", begin);
    words.push_back(type.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::string brief(const std::string& help) {
  auto end = help.size();
  for (const auto* details : {"; ", ": ", ". ", " (", ", such as "})
    end = std::min(end, help.find(details));
  auto text = help.substr(0, end);
  std::erase(text, '\'');
  return text;
}

} // namespace gantry::app
