#include "app/command_line.hpp"

#include "app/manual.hpp"
#include "app/mistakes.hpp"
#include "app/program.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace gantry::app {

namespace {

/// The arguments in CLI11's order, last to first. `help COMMAND` becomes `COMMAND --help`. An empty
/// value after an equals sign is preserved: CLI11 would take the next argument instead.
std::vector<std::string> arguments_of(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string text{argv[i]};
    const bool has_no_value = text.starts_with("--") && text.ends_with('=');
    arguments.push_back(has_no_value ? text.substr(0, text.size() - 1) : text);
    if (has_no_value)
      arguments.emplace_back();
  }
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  std::ranges::reverse(arguments);
  return arguments;
}

message_command mistake(const std::string& line) {
  return {"gantry: " + line.substr(0, line.find('\n')) + "\n", 2};
}

command finish_serve(config::draft& draft) {
  draft.read_environment(::environ);
  auto [chosen, warnings] = draft.finish();
  return serve_command{std::move(chosen), std::move(warnings)};
}

/// The command that was parsed.
command chosen(program&& parsed) {
  const auto& met = innermost(parsed.app);
  const auto& name = met.get_name();
  if (name == "serve")
    return finish_serve(parsed.serving);
  if (name == "gc")
    return std::move(parsed.collecting);
  if (name == "verify")
    return std::move(parsed.verifying);
  if (name == "import")
    return std::move(parsed.transfer.importing);
  if (name == "export")
    return std::move(parsed.transfer.exporting);
  if (name == "record")
    return std::move(parsed.recording);
  if (name == "status")
    return std::move(parsed.asking);
  if (name == "completion")
    return message_command{completion_script(parsed.completed.value(), describe_commands()), 0};
  if (name == "manual")
    return message_command{manual_page(describe_commands()), 0};
  if (name == "version")
    return message_command{"gantry " GANTRY_VERSION "\n", 0};
  if (met.get_parent()->get_name() == "user")
    return std::move(parsed.users);
  return chosen_bench(name, std::move(parsed.bench));
}

} // namespace

command parse_command_line(int argc, const char* const* argv) {
  program whole;
  try {
    whole.app.parse(arguments_of(argc, argv));
    return chosen(std::move(whole));
  } catch (const CLI::CallForHelp&) {
    const auto unknown = explain_unknown_command(whole.app);
    return unknown.empty() ? message_command{whole.app.help(), 0} : mistake(unknown);
  } catch (const CLI::CallForVersion& answer) {
    return message_command{std::string{answer.what()} + "\n", 0};
  } catch (const CLI::ParseError& wrong) {
    return mistake(explain(whole.app, wrong));
  } catch (const std::invalid_argument& wrong) {
    return mistake(wrong.what());
  }
}

} // namespace gantry::app
