// The command line of `gantry record`.
#pragma once

#include "app/record.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `record`; `parsed` outlives `app`.
void add_record(CLI::App& app, record_command& parsed);

} // namespace gantry::app
