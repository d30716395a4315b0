// The commands for whole images and repositories of a running registry.
#pragma once

#include "app/listing_commands.hpp"
#include "app/repository_commands.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `copy` and `repository`, with a list of repositories. `parsed` and `listed` outlive the
/// parsing.
void add_repositories(CLI::App& app, repository_command& parsed, listing_command& listed);

} // namespace gantry::app
