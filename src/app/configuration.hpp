// Reads a configuration file from the disk.
#pragma once

#include "config/draft.hpp"
#include "config/environment.hpp"

#include <string>

namespace gantry::app {

/// Reads `file` into `into`. Throws std::invalid_argument, naming file and line.
void read_configuration(config::draft& into, const std::string& file,
                        const config::environment& variables);

/// Adds what the file (empty for none) and the environment say to what the command line said, and
/// completes the settings. Throws std::invalid_argument.
config::outcome complete(config::draft given, const std::string& file,
                         const config::environment& variables);

} // namespace gantry::app
