// The command line of `gantry user`.
#pragma once

#include "app/users.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `user` and its subcommands; `parsed` outlives `app`.
void add_users(CLI::App& app, user_command& parsed);

} // namespace gantry::app
