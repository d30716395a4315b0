// Kinds of options shared by several commands, such as durations, sizes and choices.
#pragma once

#include "config/texts.hpp"
#include "config/values.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::app {

/// Adds a command to `app`. `fill(CLI::App&, options)` adds the command's options only when it is
/// parsed, so that a server starts without building those of other commands. `options` outlives
/// `app`.
template <class Fill, class Options>
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      Fill fill, Options& options) {
  auto* added = app.add_subcommand(name, description);
  added->preparse_callback([added, fill, &options](std::size_t) { fill(*added, options); });
  return added;
}

/// Reads a value as typed. Throws std::invalid_argument with a text that names the mistake, what is
/// allowed, and an example.
using value_reader = std::function<void(const std::string& text)>;

/// The base of all kinds: a non-empty option, or an argument if `name` does not begin with a dash.
/// `type` is known to `needed_value`. `read` outlives `app`.
CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type,
                       const std::string& description, value_reader read);

/// Like `add_value`, for an option that may be repeated, and may be empty if `may_be_empty`.
CLI::Option* add_values(CLI::App& app, const std::string& name, const std::string& type,
                        const std::string& description, value_reader read,
                        bool may_be_empty = false);

/// Describes the option's value with an example: "a size, such as 512MiB".
std::string needed_value(const CLI::Option& option);

/// The option's name as the user knows it: its own, or the placeholder of a positional argument.
std::string given_name(const CLI::Option& option);

/// A non-empty text. `target` outlives `app`, here and below.
template <class Text>
CLI::Option* add_text(CLI::App& app, const std::string& name, Text& target, const std::string& type,
                      const std::string& description) {
  return add_value(app, name, type, description,
                   [&target](const std::string& text) { target = text; });
}

/// On or off: passes `take` the value after the equals sign, or true.
CLI::Option* add_switch(CLI::App& app, const std::string& name, const std::string& description,
                        std::function<void(bool on)> take);

/// A switch that sets `target`.
CLI::Option* add_flag(CLI::App& app, const std::string& name, const std::string& description,
                      bool& target);

/// An optional value has no default to show.
template <class Value>
inline constexpr bool is_optional = false;
template <class Value>
inline constexpr bool is_optional<std::optional<Value>> = true;

/// See `read_duration`. The help shows the default, here and below.
template <class Duration>
CLI::Option* add_duration(CLI::App& app, const std::string& name, Duration& target,
                          const std::string& description,
                          std::chrono::milliseconds least = std::chrono::milliseconds{1}) {
  auto* option =
    add_value(app, name, "DURATION", description, [&target, least](const std::string& text) {
      target = config::read_duration(text, least);
    });
  if constexpr (!is_optional<Duration>)
    option->default_str(
      config::render_duration(std::chrono::duration_cast<std::chrono::milliseconds>(target)));
  return option;
}

/// See `read_size`.
template <class Number>
CLI::Option* add_size(CLI::App& app, const std::string& name, Number& target,
                      const std::string& description, config::bounds allowed = config::any_size) {
  auto* option =
    add_value(app, name, "SIZE", description, [&target, allowed](const std::string& text) {
      target = static_cast<Number>(config::read_size(text, allowed));
    });
  if constexpr (!is_optional<Number>)
    if (target != 0)
      option->default_str(config::render_size(target));
  return option;
}

/// See `read_count`.
template <class Number>
CLI::Option* add_count(CLI::App& app, const std::string& name, Number& target,
                       const std::string& description, config::bounds allowed = {}) {
  auto example = std::clamp<std::uint64_t>(10, allowed.least, allowed.most);
  if constexpr (!is_optional<Number>)
    example = target == 0 ? example : static_cast<std::uint64_t>(target);
  auto* option =
    add_value(app, name, "N", description, [&target, allowed, example](const std::string& text) {
      target = static_cast<Number>(config::read_count(text, allowed, example));
    });
  if constexpr (!is_optional<Number>)
    option->default_str(std::to_string(target));
  return option;
}

/// The name of a choice, and its value.
template <class Value>
using named_values = std::vector<std::pair<std::string_view, Value>>;

/// One of the names in `choices`, which must have static lifetime.
template <class Value>
CLI::Option* add_choice(CLI::App& app, const std::string& name, Value& target,
                        named_values<Value> choices, const std::string& description) {
  std::vector<std::string_view> names;
  std::string usual;
  for (const auto& [called, meaning] : choices) {
    names.push_back(called);
    if (meaning == target)
      usual = called;
  }
  const auto type = config::in_braces(names);
  const auto choose = [&target, names = std::move(names),
                       choices = std::move(choices)](const std::string& text) {
    target = choices[config::read_choice(text, names)].second;
  };
  return add_value(app, name, type, description, choose)->default_str(usual);
}

/// `--wait-for-lock DURATION`.
CLI::Option* add_wait_for_lock(CLI::App& app, std::chrono::milliseconds& target);

/// `--data DIR`, required, and how long to wait for it.
void add_data(CLI::App& app, std::filesystem::path& folder, std::chrono::milliseconds& wait,
              const std::string& description);

} // namespace gantry::app
