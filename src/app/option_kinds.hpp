// What several commands are made of: kinds of options such as durations, sizes, choices.
#pragma once

#include "app/option_values.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace gantry::app {

/// A command of `app`. Its options are added by `fill(CLI::App&, options)`, once the command is
/// met: a server that is to start at once does not build those of all other commands. `options`
/// outlives `app`.
template <class Fill, class Options>
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      Fill fill, Options& options) {
  auto* added = app.add_subcommand(name, description);
  added->preparse_callback([added, fill, &options](std::size_t) { fill(*added, options); });
  return added;
}

/// Takes a value as it was typed. Throws std::invalid_argument for one that is wrong, with a text
/// that names the mistake, what is allowed and an example.
using value_reader = std::function<void(const std::string& text)>;

/// The base of all kinds: an option, or an argument if `name` begins with no dash, that is never
/// empty. `type` is one of those that `needed_value` knows. `read` outlives `app`.
CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type,
                       const std::string& description, value_reader read);

/// The same, of an option that may be repeated.
CLI::Option* add_values(CLI::App& app, const std::string& name, const std::string& type,
                        const std::string& description, value_reader read);

/// What the option wants, with an example: "a size, such as 512MiB".
std::string needed_value(const CLI::Option& option);

/// What names the option to the person who gave it: its own name, its environment variable, or what
/// the help calls an argument without a name.
std::string given_name(const CLI::App& app, const CLI::Option& option);

/// Any text but an empty one. `target` outlives `app`, here and below.
template <class Text>
CLI::Option* add_text(CLI::App& app, const std::string& name, Text& target, const std::string& type,
                      const std::string& description) {
  return add_value(app, name, type, description,
                   [&target](const std::string& text) { target = text; });
}

/// See `read_duration`.
template <class Duration>
CLI::Option* add_duration(CLI::App& app, const std::string& name, Duration& target,
                          const std::string& description,
                          std::chrono::milliseconds least = std::chrono::milliseconds{1}) {
  return add_value(app, name, "DURATION", description, [&target, least](const std::string& text) {
    target = read_duration(text, least);
  });
}

/// See `read_size`.
template <class Number>
CLI::Option* add_size(CLI::App& app, const std::string& name, Number& target,
                      const std::string& description, bounds allowed = any_size) {
  return add_value(app, name, "SIZE", description, [&target, allowed](const std::string& text) {
    target = static_cast<Number>(read_size(text, allowed));
  });
}

/// See `read_count`. The default stands in the help.
template <class Number>
CLI::Option* add_count(CLI::App& app, const std::string& name, Number& target,
                       const std::string& description, bounds allowed = {}) {
  auto example = std::max<std::uint64_t>(allowed.least, std::min<std::uint64_t>(10, allowed.most));
  if constexpr (std::integral<Number>)
    example = target == 0 ? example : static_cast<std::uint64_t>(target);
  auto* option =
    add_value(app, name, "N", description, [&target, allowed, example](const std::string& text) {
      target = static_cast<Number>(read_count(text, allowed, example));
    });
  if constexpr (std::integral<Number>)
    if (target != 0)
      option->default_str(std::to_string(target));
  return option;
}

/// One of the names in `choices`.
template <class Value>
void add_choice(CLI::App& app, const std::string& name, Value& target,
                const std::map<std::string, Value>& choices, const std::string& description) {
  std::string names;
  for (const auto& choice : choices)
    names += (names.empty() ? "" : ",") + choice.first;
  add_value(
    app, name, "{" + names + "}", description, [&target, choices, names](const std::string& text) {
      const auto chosen = choices.find(text);
      if (chosen == choices.end())
        throw std::invalid_argument{"'" + text + "' is not one of " + names +
                                    ": write one of them, such as " + choices.begin()->first};
      target = chosen->second;
    });
}

/// `--wait-for-lock DURATION`.
CLI::Option* add_wait_for_lock(CLI::App& app, std::chrono::milliseconds& target);

/// `--data DIR`, which the command cannot do without, and how long to wait for it.
void add_data(CLI::App& app, std::filesystem::path& folder, std::chrono::milliseconds& wait,
              const std::string& description);

} // namespace gantry::app
