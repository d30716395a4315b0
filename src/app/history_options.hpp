// The command lines of `gantry tag`, `gantry removed` and `gantry purge`.
#pragma once

#include "app/history_commands.hpp"
#include "app/listing_commands.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// `tag` also lists tags. `parsed` and `listed` outlive `app`.
void add_history(CLI::App& app, history_command& parsed, listing_command& listed);

} // namespace gantry::app
