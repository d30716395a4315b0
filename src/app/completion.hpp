// The command line as data, and `gantry completion`: scripts that complete it in a shell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::app {

enum class shell : std::uint8_t { bash, fish, zsh };

/// An option, or a positional argument.
struct described_option {
  /// `--addr`; empty for an argument.
  std::string name;
  /// The placeholder of the value: `DIR`, or `{json,off,text}`. Empty if there is no value.
  std::string type;
  std::string help;
  bool may_be_repeated = false;
  bool is_required = false;
  /// The default in words; empty if there is none.
  std::string fallback = {};
  /// How usage names an argument: `NAME[:TAG]`; empty for an option.
  std::string placeholder = {};
};

struct described_command {
  /// `bench push`; empty for the program itself.
  std::string path;
  std::string help;
  std::vector<described_option> options;
  /// Names of its subcommands.
  std::vector<std::string> commands;
};

/// All commands, each before its subcommands, with their options as the parser knows them.
std::vector<described_command> describe_commands();

/// The completion script for a shell.
std::string completion_script(shell reader, const std::vector<described_command>& commands);

/// The words of a choice; empty for other types.
std::vector<std::string> choices_in(const std::string& type);

/// Shortens a help text to its part before details and examples, without quotes.
std::string brief(const std::string& help);

// One shell each; see `completion_script`.
std::string bash_completion(const std::vector<described_command>& commands);
std::string fish_completion(const std::vector<described_command>& commands);
std::string zsh_completion(const std::vector<described_command>& commands);

} // namespace gantry::app
