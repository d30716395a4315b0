// The options of `gantry backup` and `gantry restore`.
#pragma once

#include "app/backup.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Filled in by parsing; must not move until then.
struct backup_commands {
  backup_command backing_up;
  restore_command restoring;
};

/// Adds `backup` and `restore`.
void add_backup(CLI::App& app, backup_commands& parsed);

} // namespace gantry::app
