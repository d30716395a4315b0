// Runs `gantry serve`.
#pragma once

#include "app/command_line.hpp"

#include <functional>

namespace gantry::app {

/// Serves until the process has to stop; returns the exit code. `again` parses the command line
/// once more, for a reload: configuration file and environment are read anew. Throws
/// std::invalid_argument and std::runtime_error, with one line, if it cannot start.
int run(serve_command serving, const std::function<command()>& again);

} // namespace gantry::app
