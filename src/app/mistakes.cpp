#include "app/mistakes.hpp"

#include "app/option_kinds.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace gantry::app {

namespace {

struct other_name {
  std::string_view typed;
  std::string_view meant;
};

/// Names of options and commands in other programs.
constexpr other_name other_names[] = {
  {"--port", "--addr"},      {"--listen", "--addr"},    {"--address", "--addr"},
  {"--bind", "--addr"},      {"--host", "--addr"},      {"--dir", "--data"},
  {"--folder", "--data"},    {"--root", "--data"},      {"--storage", "--data"},
  {"--volume", "--data"},    {"--log", "--access-log"}, {"start", "serve"},
  {"server", "serve"},       {"run", "serve"},          {"fsck", "verify"},
  {"garbage-collect", "gc"}, {"load", "import"},        {"save", "export"},
};

/// `serve`, `bench push`; empty for the program itself.
std::string path_of(const CLI::App& app) {
  const auto* parent = app.get_parent();
  if (!parent)
    return {};
  const auto above = path_of(*parent);
  return above.empty() ? app.get_name() : above + ' ' + app.get_name();
}

std::string prefix_of(const CLI::App& app) {
  const auto path = path_of(app);
  return path.empty() ? path : path + ": ";
}

std::string help_of(const CLI::App& app) {
  const auto path = path_of(app);
  return "see gantry " + (path.empty() ? "" : path + ' ') + "--help";
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(each->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* each : app.get_options())
    if (each->nonpositional())
      names.push_back(each->get_name());
  return names;
}

std::string suggest(const std::string& meant) {
  return meant.empty() ? "; " : "; did you mean " + meant + "? ";
}

std::string in_list(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names)
    list += (list.empty() ? "" : ", ") + name;
  return list;
}

bool wants_command(const CLI::App& app) {
  return app.get_require_subcommand_min() > 0 && app.get_subcommands().empty();
}

/// The first argument that a command does not know.
struct stranger {
  const CLI::App& app;
  std::string text;
};

std::optional<stranger> first_stranger(const CLI::App& root) {
  for (const auto* app = &root;; app = app->get_subcommands().front()) {
    if (const auto texts = app->remaining(); !texts.empty())
      return stranger{*app, texts.front()};
    if (app->get_subcommands().empty())
      return std::nullopt;
  }
}

std::string explain(const stranger& unknown) {
  const auto& [app, text] = unknown;
  const auto begin = prefix_of(app) + "unknown ";
  if (text.size() > 1 && text.starts_with('-')) {
    const auto name = text.substr(0, text.find('='));
    if (!commands_of(app).empty())
      return begin + "option " + name + ": options follow a command; " + help_of(app);
    return begin + "option " + name + suggest(nearest(name, option_names(app))) + help_of(app);
  }
  if (wants_command(app))
    return begin + "command '" + text + "'" + suggest(nearest(text, commands_of(app))) +
           help_of(app);
  const auto* reason =
    text.empty() ? "': is a variable unset? " : "': a value with spaces needs quotes; ";
  return prefix_of(app) + "unexpected argument '" + text + reason + help_of(app);
}

/// A missing command, option or argument. CLI11 begins its text with the name.
std::string explain(const CLI::App& app, const CLI::RequiredError& absent) {
  if (wants_command(app))
    return prefix_of(app) + "a command is missing: one of " + in_list(commands_of(app)) + "; " +
           help_of(app);
  const std::string text{absent.what()};
  const auto* option = app.get_option_no_throw(text.substr(0, text.find(' ')));
  if (!option)
    return prefix_of(app) + text;
  return prefix_of(app) + given_name(*option) + " is missing: " + needed_value(*option) + "; " +
         help_of(app);
}

/// Too few or too many values. CLI11 begins its text with the option's name and a colon.
std::string explain(const CLI::App& app, const CLI::ArgumentMismatch& mismatch) {
  const std::string text{mismatch.what()};
  const auto* option = app.get_option_no_throw(text.substr(0, text.find(':')));
  if (!option)
    return prefix_of(app) + text;
  if (option->count() > 1)
    return option->get_name() + " is given " + std::to_string(option->count()) +
           " times: once is enough";
  return option->get_name() + " needs " + needed_value(*option);
}

/// Two options that exclude each other. CLI11 writes `NAME excludes NAME`.
std::string explain(const CLI::App& app, const CLI::ExcludesError& both) {
  const std::string text{both.what()};
  const auto* first = app.get_option_no_throw(text.substr(0, text.find(' ')));
  const auto* second = app.get_option_no_throw(text.substr(text.rfind(' ') + 1));
  if (!first || !second)
    return prefix_of(app) + text;
  return given_name(*first) + " excludes " + given_name(*second) + ": omit one";
}

} // namespace

const CLI::App& innermost(const CLI::App& root) {
  const auto* app = &root;
  while (!app->get_subcommands().empty())
    app = app->get_subcommands().front();
  return *app;
}

std::string explain(const CLI::App& root, const CLI::ParseError& mistake) {
  const auto& app = innermost(root);
  const auto* absent = dynamic_cast<const CLI::RequiredError*>(&mistake);
  if (absent || dynamic_cast<const CLI::ExtrasError*>(&mistake))
    if (const auto unknown = first_stranger(root))
      return explain(*unknown);
  if (absent)
    return explain(app, *absent);
  if (const auto* mismatch = dynamic_cast<const CLI::ArgumentMismatch*>(&mistake))
    return explain(app, *mismatch);
  if (const auto* both = dynamic_cast<const CLI::ExcludesError*>(&mistake))
    return explain(app, *both);
  return mistake.what();
}

std::string explain_unknown_command(const CLI::App& root) {
  const auto unknown = first_stranger(root);
  return unknown && wants_command(unknown->app) ? explain(*unknown) : std::string{};
}

std::string nearest(std::string_view typed, const std::vector<std::string>& candidates) {
  const auto* other = std::ranges::find(other_names, typed, &other_name::typed);
  if (other != std::end(other_names) &&
      std::ranges::find(candidates, other->meant) != candidates.end())
    return std::string{other->meant};
  const std::vector<std::string_view> names{candidates.begin(), candidates.end()};
  return std::string{gantry::nearest(typed, names)};
}

} // namespace gantry::app
