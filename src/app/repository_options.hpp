// The commands for whole images and repositories of a running registry.
#pragma once

#include "app/repository_commands.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `copy` and `repository`. `parsed` outlives the parsing.
void add_repositories(CLI::App& app, repository_command& parsed);

} // namespace gantry::app
