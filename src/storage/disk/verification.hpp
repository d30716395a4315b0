// Checks everything in a data folder, reports faults, and repairs them on request.
#pragma once

#include "domain/error.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/disk/lock_wait.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace gantry::storage {

struct verify_options {
  /// Reads every byte and compares digests; otherwise only sizes are checked.
  bool deep = false;
  /// Moves damaged blobs to the folder `quarantine`, so that a push replaces them, and removes
  /// dangling rows.
  bool repair = false;
  /// How to wait for another process that has the folder open.
  lock_wait wait_for_lock = {};
};

/// Each finding is a line that says what is wrong and what a repair does about it.
using finding_callback = std::function<void(const std::string&)>;

struct verify_report {
  std::uint64_t blobs = 0;
  std::uint64_t manifests = 0;
  std::uint64_t tags = 0;
  std::uint64_t links = 0;
  /// The number of faults and of those repaired.
  std::uint64_t faults = 0;
  std::uint64_t repaired = 0;
  /// Files that belong to nothing; a collection removes them. Not a fault.
  std::uint64_t orphans = 0;
  /// Blobs that a manifest references and its repository does not have: deleted, or never pushed.
  /// Not a fault.
  std::uint64_t absent = 0;
};

/// Opens the folder, which only one process may have open. Blocks. Throws std::runtime_error if it
/// cannot be opened. Errors: storage_failed, disk_full.
result<verify_report> verify_folder(const std::filesystem::path& folder,
                                    const verify_options& options, const finding_callback& found,
                                    const progress_callback& progress);

} // namespace gantry::storage
