// The options of `gantry serve`, one per row of the table of settings.
#pragma once

#include "config/draft.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds an option per row, which sets that row of `draft`. Both must outlive `app`'s parsing.
void add_serve(CLI::App& app, config::draft& draft);

} // namespace gantry::app
