// The script for bash.
#include "app/completion.hpp"
#include "base/text.hpp"

namespace gantry::app {

namespace {

constexpr const char* bash_head =
  R"(# Completion of gantry in bash. Load it with: source <(gantry completion bash)
_gantry() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= words= word
  # bash takes an equals sign for a word.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
)";

constexpr const char* bash_tail = R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _gantry gantry
)";

/// The bash command that completes values of this type; empty if there is none.
std::string generator_of(const std::string& type) {
  if (const auto words = choices_in(type); !words.empty())
    return "compgen -W " + in_quotes(join(words, " "));
  if (type == "DIR")
    return "compgen -d";
  const bool is_file = type == "FILE" || type == "WHAT" || type.ends_with(".json");
  return is_file ? "compgen -f" : "";
}

/// The names of commands, which lead to their options.
std::string bash_steps(const std::vector<described_command>& commands) {
  std::string text;
  for (const auto& command : commands) {
    const auto blank = command.path.rfind(' ');
    if (!command.path.empty())
      text += (text.empty() ? "      " : " | \\\n      ") +
              in_quotes(blank == std::string::npos ? " " + command.path : command.path);
  }
  return text + ") command=${command:+$command }$word ;;\n    esac\n  done\n";
}

std::string values_of(const described_command& command) {
  std::string text;
  for (const auto& option : command.options) {
    if (option.name.empty() || option.type.empty())
      continue;
    const auto generator = generator_of(option.type);
    text += "    " + in_quotes(command.path + " " + option.name) + ")\n";
    if (generator == "compgen -d" || generator == "compgen -f")
      text += "      compopt -o filenames 2>/dev/null\n";
    text += generator.empty()
              ? "      COMPREPLY=()\n"
              : "      mapfile -t COMPREPLY < <(" + generator + " -- \"$current\")\n";
    text += "      return ;;\n";
  }
  return text;
}

/// What may follow the command: commands, options, words of arguments.
std::string words_of(const described_command& command) {
  auto words = command.commands;
  for (const auto& option : command.options)
    if (!option.name.empty())
      words.push_back(option.name);
    else
      for (const auto& choice : choices_in(option.type))
        words.push_back(choice);
  return "    " + in_quotes(command.path) + ") words=" + in_quotes(join(words, " ")) + " ;;\n";
}

} // namespace

std::string bash_completion(const std::vector<described_command>& commands) {
  auto script = bash_head + bash_steps(commands) + "  case \"$command $previous\" in\n";
  for (const auto& command : commands)
    script += values_of(command);
  script += "  esac\n  case \"$command\" in\n";
  for (const auto& command : commands)
    script += words_of(command);
  return script + bash_tail;
}

} // namespace gantry::app
