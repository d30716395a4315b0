// The options of `gantry serve`, one per row of the table of settings.
#pragma once

#include "config/draft.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace gantry::app {

/// What the command line says of a registry.
struct serve_arguments {
  config::draft draft;
  /// The configuration file; empty for none.
  std::string file = {};
};

/// Adds the configuration file, and an option per row, which sets that row of the draft.
/// `arguments` must outlive `app`'s parsing.
void add_serve(CLI::App& app, serve_arguments& arguments);

} // namespace gantry::app
