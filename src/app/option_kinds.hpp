// What several commands are made of: kinds of options such as times, sizes, choices.
#pragma once

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

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

/// Seconds with a fraction, from `least` to 1e9. `target` outlives `app`.
template <class Duration>
CLI::Option* add_seconds(CLI::App& app, const std::string& name, Duration& target,
                         const std::string& description, double least = 0.001) {
  return app
    .add_option_function<double>(
      name,
      [&target](double seconds) {
        target =
          std::chrono::milliseconds{static_cast<std::chrono::milliseconds::rep>(seconds * 1000)};
      },
      description)
    ->type_name("SECONDS")
    ->check(CLI::Range(least, 1e9));
}

/// Bytes, with a unit or without: 512MiB, 2GB; 1 KB is 1024 bytes.
template <class Number>
CLI::Option* add_size(CLI::App& app, const std::string& name, Number& target,
                      const std::string& description) {
  return app.add_option(name, target, description)
    ->transform(CLI::AsSizeValue{false})
    ->type_name("SIZE");
}

/// One of the names in `choices`. `target` outlives `app`.
template <class Value>
void add_choice(CLI::App& app, const std::string& name, Value& target,
                const std::map<std::string, Value>& choices, const std::string& description) {
  std::string names;
  for (const auto& choice : choices)
    names += (names.empty() ? "{" : ",") + choice.first;
  names += "}";
  app
    .add_option_function<std::string>(
      name,
      [&target, choices, name, names](const std::string& text) {
        const auto chosen = choices.find(text);
        if (chosen == choices.end())
          throw CLI::ValidationError{name, "'" + text + "' is none of " + names};
        target = chosen->second;
      },
      description)
    ->type_name(names);
}

/// `--data DIR`, which the command cannot do without.
inline void add_data(CLI::App& app, std::filesystem::path& folder, const std::string& description) {
  app.add_option("--data", folder, description)->required()->type_name("DIR");
}

} // namespace gantry::app
