// What is done to the data folder of a stopped registry: collecting its garbage, and looking for
// damage.
#pragma once

#include "domain/storage.hpp"
#include "storage/disk/lock_wait.hpp"
#include "storage/disk/verification.hpp"

#include <cstdio>
#include <filesystem>

namespace gantry::app {

struct gc_command {
  std::filesystem::path folder;
  gc_policy policy = {};
  storage::lock_wait wait_for_lock = {};
};

struct verify_command {
  std::filesystem::path folder;
  storage::verify_options options;
};

/// Prints a report on stdout, and a bar on `terminal` while that is one. The exit status: 0, or 1
/// where a verification found faults that are still there. Throws std::runtime_error where the
/// folder cannot be used, with one line that says what to do.
/// Why less was freed than the grace lets expect: a line, or nothing.
std::string describe_leases(const gc_report& report);

int run(const gc_command& command, std::FILE* terminal = stderr);
int run(const verify_command& command, std::FILE* terminal = stderr);

} // namespace gantry::app
