// `gantry backup` and `gantry restore`.
#pragma once

#include "storage/disk/backup.hpp"

#include <cstdio>
#include <filesystem>
#include <string>

namespace gantry::app {

struct backup_command {
  /// The folder of the backup.
  std::filesystem::path to;
  /// The folder of the registry.
  std::filesystem::path data;
  /// The configuration file that names the folder instead; empty for none.
  std::string config = {};
  storage::backup_options options = {};
};

struct restore_command {
  /// The folder of the backup.
  std::filesystem::path from;
  /// The folder of the new registry.
  std::filesystem::path data;
  storage::backup_options options = {};
};

/// Prints a report on stdout, and a progress bar on `terminal` if it is one. Returns the exit
/// status: 0, or 1 if the source has lost blobs. Throws std::runtime_error, with one line that says
/// what to do.
int run(const backup_command& command, std::FILE* terminal = stderr);
int run(const restore_command& command, std::FILE* terminal = stderr);

} // namespace gantry::app
