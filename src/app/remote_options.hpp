// The options of commands that ask a running registry.
#pragma once

#include "app/remote_registry.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `--url`, and those of `add_access`. `parsed` outlives `app`.
void add_remote(CLI::App& app, remote_options& parsed);
/// Adds `--user`, `--ca` and `--insecure`.
void add_access(CLI::App& app, remote_options& parsed);

} // namespace gantry::app
