// The options of `gantry import` and `gantry export`.
#pragma once

#include "app/import_export.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Filled in by parsing; must not move until then.
struct transfer_commands {
  import_command importing;
  export_command exporting;
};

/// Adds `import` and `export`.
void add_transfer(CLI::App& app, transfer_commands& transfer);

} // namespace gantry::app
