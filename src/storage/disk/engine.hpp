// The storage engine that keeps everything in a folder: durable, restartable, collected while it
// serves.
#pragma once

#include "domain/storage.hpp"
#include "storage/disk/lock_wait.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

namespace gantry::storage {

struct disk_options {
  std::filesystem::path folder;
  /// Makes the folder where it is not there.
  bool create = true;
  /// Blobs of at most this many bytes lie in the database: a sync of a file and of its folder less.
  std::size_t inline_threshold = 16 * 1024;
  /// The longest lease that the process before may have given: leases live in memory, so for this
  /// long after the start no collection takes blobs or links.
  std::chrono::milliseconds restart_hold = std::chrono::hours{1};
  /// A push that goes on prolongs the leases of its repository by at most this.
  std::chrono::milliseconds hold_at_most = std::chrono::hours{23};
  /// Manifests that are kept in memory, of all repositories together, in bytes.
  std::size_t manifest_cache = 64 * 1024 * 1024;
  std::function<time_point()> now = std::chrono::system_clock::now;
  /// For another process that has the folder open.
  lock_wait wait_for_lock = {};
};

/// Opens the folder, which one process at a time may have open, and finishes what a crash
/// interrupted. Throws std::runtime_error with one line that says what to do: see `data_folder` and
/// `prepare_database`. Blobs may outlive the engine; stores and sinks may not.
std::unique_ptr<storage_engine> open_disk_engine(disk_options options);

} // namespace gantry::storage
