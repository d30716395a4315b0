// The command lines of `gantry tag`, `gantry removed` and `gantry purge`.
#pragma once

#include "app/history_commands.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// `parsed` outlives `app`.
void add_history(CLI::App& app, history_command& parsed);

} // namespace gantry::app
