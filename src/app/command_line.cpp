#include "app/command_line.hpp"

#include "app/configuration.hpp"
#include "app/forms.hpp"
#include "app/manual.hpp"
#include "app/mistakes.hpp"
#include "app/program.hpp"
#include "app/registry_options.hpp"
#include "config/environment.hpp"
#include "config/listing.hpp"
#include "config/variables.hpp"
#include "otlp/settings.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace gantry::app {

namespace {

/// The image of docker's registry is also started with the name of a file alone.
bool is_configuration(std::string_view argument) {
  return argument.ends_with(".yml") || argument.ends_with(".yaml");
}

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
  if (!arguments.empty() && is_configuration(arguments.front()))
    arguments.insert(arguments.begin(), "serve");
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

/// The file of `gantry serve`, or that of distribution's variable.
std::string file_of(const serve_arguments& given, const config::environment& variables) {
  return given.file.empty() ? std::string{variables.find(config::path_variable).value_or("")}
                            : given.file;
}

otlp::variables look_up(const config::environment& variables) {
  return [&variables](std::string_view name) { return variables.find(name); };
}

command finish_serve(serve_arguments& given) {
  const config::environment variables{::environ};
  auto file = file_of(given, variables);
  auto done = complete(std::move(given.draft), file, variables);
  auto traces = otlp::read(look_up(variables));
  std::ranges::move(traces.warnings, std::back_inserter(done.warnings));
  return serve_command{std::move(done.chosen), std::move(done.warnings), std::move(file),
                       std::move(traces.values)};
}

message_command show(serve_arguments& given) {
  const config::environment variables{::environ};
  const auto file = file_of(given, variables);
  auto text = config::render(complete(std::move(given.draft), file, variables));
  static_cast<void>(otlp::read(look_up(variables))); // refuses what `serve` would refuse
  for (const auto& line : otlp::describe(look_up(variables)))
    text.append("# ").append(line).append("\n");
  return {std::move(text), 0};
}

/// Checks a file on its own: variables count only if it refers to them.
message_command check(const std::string& file) {
  config::draft draft{judge_form};
  read_configuration(draft, file, config::environment{::environ});
  std::string text;
  for (const auto& line : draft.finish().warnings)
    text += "warning: " + line + "\n";
  return {text + file + " is valid\n", 0};
}

/// What `serve` would use with this file.
config::snapshot settings_of(const std::string& file) {
  const config::environment variables{::environ};
  auto done = complete(config::draft{judge_form}, file, variables);
  if (done.chosen->folder.empty())
    throw std::invalid_argument{file + ": storage is inmemory: there is no folder"};
  return std::move(done.chosen);
}

garbage_collect_command finish_collecting(garbage_collect_command&& parsed) {
  const auto settings = settings_of(parsed.config);
  parsed.folder = settings->folder;
  auto policy = collection_policy_of(*settings);
  policy.dry_run = parsed.policy.dry_run;
  policy.delete_untagged = parsed.policy.delete_untagged;
  parsed.policy = policy;
  return std::move(parsed);
}

backup_command finish_backup(backup_command&& parsed) {
  if (!parsed.config.empty())
    parsed.data = settings_of(parsed.config)->folder;
  return std::move(parsed);
}

/// The command that was parsed.
command chosen(program&& parsed) {
  const auto& met = innermost(parsed.app);
  const auto& name = met.get_name();
  // First, because several groups have commands of the same name: `check`, `list`.
  if (met.get_parent()->get_name() == "user")
    return std::move(parsed.users);
  if (met.get_parent()->get_name() == "token")
    return std::move(parsed.tokens);
  if (met.get_parent()->get_name() == "policy")
    return std::move(parsed.policy);
  if (met.get_parent()->get_name() == "webhook")
    return std::move(parsed.hooks);
  if (met.get_parent()->get_name() == "retention")
    return std::move(parsed.retaining);
  if (name == "list")
    return std::move(parsed.lists);
  if (name == "search")
    return std::move(parsed.searching);
  if (name == "removed" || name == "purge" || met.get_parent()->get_name() == "tag")
    return std::move(parsed.changes);
  if (name == "copy" || met.get_parent()->get_name() == "repository")
    return std::move(parsed.repositories);
  if (name == "serve")
    return finish_serve(parsed.serving);
  if (name == "show")
    return show(parsed.serving);
  if (name == "check")
    return check(parsed.checked);
  if (name == "gc")
    return std::move(parsed.collecting);
  if (name == "garbage-collect")
    return finish_collecting(std::move(parsed.garbage_collecting));
  if (name == "backup")
    return finish_backup(std::move(parsed.backups.backing_up));
  if (name == "restore")
    return std::move(parsed.backups.restoring);
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
  if (name == "dev")
    return std::move(parsed.certificate);
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
