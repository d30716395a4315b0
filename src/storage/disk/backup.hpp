// Copies a data folder while a server works on it, and back.
//
// A backup is a data folder of its own, with a file that marks it. It gets its database last, by
// `rename`, and loses files only after that: at every moment it holds the old state or the new one,
// or, the first time, no database, and is refused. docs/storage-format.md says why it is
// consistent.
#pragma once

#include "storage/api/upkeep.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gantry::storage {

struct backup_options {
  /// Copies the bytes of blobs even if they could be linked.
  bool copy = false;
};

struct backup_report {
  /// What the copy holds: blobs, and their bytes. Includes the small ones in the database.
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  /// Files that were there already, got a second name, or were copied.
  std::uint64_t present = 0;
  std::uint64_t linked = 0;
  std::uint64_t copied = 0;
  std::uint64_t copied_bytes = 0;
  /// Files that the copy no longer needed.
  std::uint64_t removed = 0;
  /// Blobs that the source itself has lost, each with the reason; the copy lacks them, too.
  std::vector<std::string> damaged = {};
};

/// Copies the registry in `data` into `to`, which is created, or updated if it is a backup. Blobs
/// are linked if both are on one file system, otherwise copied. A server may have `data` open:
/// every push that it acknowledged before is in the backup. Blocks. Throws std::runtime_error with
/// one line that says what to do; `to` then holds what it held before.
backup_report back_up(const std::filesystem::path& data, const std::filesystem::path& to,
                      const backup_options& options = {}, const progress_callback& progress = {});

/// Makes a data folder of a backup in the same way. `data` is absent or empty. Throws
/// std::runtime_error.
backup_report restore_backup(const std::filesystem::path& from, const std::filesystem::path& data,
                             const backup_options& options = {},
                             const progress_callback& progress = {});

} // namespace gantry::storage
