// The script for zsh.
#include "app/completion.hpp"
#include "base/text.hpp"

namespace gantry::app {

namespace {

constexpr const char* zsh_head = R"(#compdef gantry
# Completion of gantry in zsh. Load it with: source <(gantry completion zsh), or as the file
# _gantry of a folder in fpath.
_gantry() {
  local command= word
  local -i depth=0
  for word in ${words[2,CURRENT-1]}; do
    case "$command $word" in
)";

/// `_arguments` sees the found command as the program itself.
constexpr const char* middle = R"(        command=${command:+$command }$word
        (( ++depth )) ;;
    esac
  done
  words=(gantry ${words[depth+2,-1]})
  (( CURRENT -= depth ))
  case "$command" in
)";

constexpr const char* zsh_tail = R"(  esac
}
# A file in fpath is loaded by the first completion, which expects an answer.
if [[ ${funcstack[1]} == _gantry ]]; then
  _gantry "$@"
else
  compdef _gantry gantry
fi
)";

/// Removes characters with a meaning in a specification of `_arguments`.
std::string plain(const std::string& text) {
  std::string kept;
  for (const auto c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\')
      kept += '\\';
    if (c != '\'')
      kept += c;
  }
  return kept;
}

/// The zsh action that completes values of this type.
std::string action_of(const std::string& type) {
  if (const auto words = choices_in(type); !words.empty())
    return "(" + join(words, " ") + ")";
  if (type == "DIR")
    return "_files -/";
  const bool is_file = type == "FILE" || type == "WHAT" || type.ends_with(".json");
  return is_file ? "_files" : " ";
}

std::string message_of(const std::string& type) {
  return choices_in(type).empty() ? plain(type) : "value";
}

std::string argument_of(const described_option& option) {
  const auto value = ":" + message_of(option.type) + ":" + action_of(option.type);
  if (option.name.empty())
    return in_quotes((option.may_be_repeated ? "*" : "") + value);
  const auto name = (option.may_be_repeated ? "*" : "") + option.name;
  const auto help = "[" + plain(brief(option.help)) + "]";
  return in_quotes(option.type.empty() ? name + help : name + "=" + help + value);
}

std::string zsh_steps(const std::vector<described_command>& commands) {
  std::string text;
  for (const auto& command : commands) {
    if (command.path.empty())
      continue;
    const bool is_first = command.path.find(' ') == std::string::npos;
    text += (text.empty() ? "      (" : " | \\\n      ") +
            in_quotes((is_first ? " " : "") + command.path);
  }
  return text + ")\n";
}

std::string branch_of(const described_command& command) {
  auto text = "    " + in_quotes(command.path) + ")\n      _arguments";
  if (!command.commands.empty())
    text += " \\\n        " + in_quotes("1:command:(" + join(command.commands, " ") + ")");
  for (const auto& option : command.options)
    text += " \\\n        " + argument_of(option);
  return text + " ;;\n";
}

} // namespace

std::string zsh_completion(const std::vector<described_command>& commands) {
  auto script = zsh_head + zsh_steps(commands) + middle;
  for (const auto& command : commands)
    script += branch_of(command);
  return script + zsh_tail;
}

} // namespace gantry::app
