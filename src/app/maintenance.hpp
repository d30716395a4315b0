// Maintenance of the data folder of a stopped registry: garbage collection and verification.
#pragma once

#include "storage/api/upkeep.hpp"
#include "storage/disk/lock_wait.hpp"
#include "storage/disk/verification.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

namespace gantry::app {

struct gc_command {
  std::filesystem::path folder;
  /// It knows no settings of a server, so it forgets nothing that happened unless it is told to.
  gc_policy policy = {.history = {.keep = std::chrono::hours{24 * 36'500}}};
  storage::lock_wait wait_for_lock = {};
};

/// `gantry garbage-collect`: also of a registry that is running.
struct garbage_collect_command {
  /// The configuration file that names the folder.
  std::string config;
  std::filesystem::path folder = {};
  gc_policy policy = {};
};

struct verify_command {
  std::filesystem::path folder;
  storage::verify_options options;
};

/// One line that explains why less was freed than the grace period suggests; empty if there is no
/// reason.
std::string describe_leases(const gc_report& report);

/// Prints a report on stdout, and a progress bar on `terminal` if it is one. Returns the exit
/// status: 0, or 1 if a verification left faults unrepaired. Throws std::runtime_error, with one
/// line that says what to do, if the folder cannot be used.
int run(const gc_command& command, std::FILE* terminal = stderr);
/// Asks the server that has the folder open, if there is one.
int run(const garbage_collect_command& command, std::FILE* terminal = stderr);
int run(const verify_command& command, std::FILE* terminal = stderr);

} // namespace gantry::app
