// `gantry completion`: scripts that complete commands and options in a shell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::app {

enum class shell : std::uint8_t { bash, fish, zsh };

/// An option, or an argument without a name of its own.
struct described_option {
  /// `--addr`; empty for an argument.
  std::string name;
  /// What stands for the value: `DIR`, or `{json,off,text}`. Empty if none follows.
  std::string type;
  std::string help;
  bool may_be_repeated = false;
};

struct described_command {
  /// `bench push`; empty for the program itself.
  std::string path;
  std::string help;
  std::vector<described_option> options;
  /// Names of the commands below it.
  std::vector<std::string> commands;
};

/// All commands, each before those below it, with their options as the parser knows them.
std::vector<described_command> describe_commands();

/// What the shell has to read.
std::string completion_script(shell reader, const std::vector<described_command>& commands);

/// The words that a type is a choice between; none for other types.
std::vector<std::string> choices_in(const std::string& type);

/// The same help in fewer words, without quotes: what stands in front of details and examples.
std::string brief(const std::string& help);

// One shell each; see `completion_script`.
std::string bash_completion(const std::vector<described_command>& commands);
std::string fish_completion(const std::vector<described_command>& commands);
std::string zsh_completion(const std::vector<described_command>& commands);

} // namespace gantry::app
