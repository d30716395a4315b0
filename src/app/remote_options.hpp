// The options of commands that ask a running registry.
#pragma once

#include "app/remote_registry.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `--url`, those of `add_access`, and `--json`. `parsed` and `json` outlive `app`.
void add_remote(CLI::App& app, remote_options& parsed, bool& json);
/// Adds `--user`, `--ca` and `--insecure`.
void add_access(CLI::App& app, remote_options& parsed);

} // namespace gantry::app
