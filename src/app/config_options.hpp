// The options of `gantry config`.
#pragma once

#include "app/serve_options.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace gantry::app {

/// Adds `gantry config check` and `gantry config show`. Both targets outlive `app`'s parsing.
void add_config(CLI::App& app, serve_arguments& shown, std::string& checked);

} // namespace gantry::app
