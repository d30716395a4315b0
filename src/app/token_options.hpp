// The command line of `gantry token`.
#pragma once

#include "app/tokens.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// `parsed` outlives `app`.
void add_tokens(CLI::App& app, token_command& parsed);

} // namespace gantry::app
