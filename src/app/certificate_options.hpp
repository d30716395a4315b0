// The command line of `gantry cert`.
#pragma once

#include "app/certificates.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Adds `cert` and its subcommands; `parsed` outlives `app`.
void add_certificates(CLI::App& app, dev_certificate_command& parsed);

} // namespace gantry::app
