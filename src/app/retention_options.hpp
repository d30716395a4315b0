// The command line of `gantry retention`.
#pragma once

#include "app/retention_commands.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// `parsed` outlives `app`.
void add_retention(CLI::App& app, retention_command& parsed);

} // namespace gantry::app
