// The command line of `gantry webhook`.
#pragma once

#include "app/webhook_commands.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// `parsed` outlives `app`.
void add_webhooks(CLI::App& app, webhook_command& parsed);

} // namespace gantry::app
