// The command line of `gantry policy`.
#pragma once

#include "app/policies.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `policy` and its subcommands; `parsed` outlives `app`.
void add_policies(CLI::App& app, policy_command& parsed);

} // namespace gantry::app
