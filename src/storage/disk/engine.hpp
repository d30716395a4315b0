// The storage engine that keeps everything in a folder: durable, restartable, and garbage-collected
// while it serves.
#pragma once

#include "base/stepper.hpp"
#include "storage/api/engine.hpp"
#include "storage/api/quota_ledger.hpp"
#include "storage/disk/lock_wait.hpp"
#include "storage/file_system.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace gantry::storage {

struct disk_options {
  std::filesystem::path folder;
  /// Creates the folder if it does not exist.
  bool create = true;
  /// Blobs up to this many bytes are stored in the database, which saves the syncs of a file and
  /// its folder.
  std::size_t inline_threshold = 16 * 1024;
  /// The longest lease that the previous process may have granted. Leases live in memory, so
  /// garbage collection removes no blobs or links for this long after the start.
  std::chrono::milliseconds restart_hold = std::chrono::hours{1};
  /// A push in progress extends the leases of its repository by at most this.
  std::chrono::milliseconds hold_at_most = std::chrono::hours{23};
  /// Size of the manifest cache, shared by all repositories, in bytes.
  std::size_t manifest_cache = 64 * 1024 * 1024;
  /// Bytes that are kept for deletions on a full disk: see `disk_reserve`.
  std::uint64_t reserve = 16 * 1024 * 1024;
  /// Threads for collections, scrubs and clearings, one of each kind; 0 for none: they run where
  /// they are asked for.
  std::size_t workers = 1;
  std::function<time_point()> now = std::chrono::system_clock::now;
  /// Keeps the accounts of quotas and refuses what exceeds them; null without any. What the folder
  /// holds is counted when it is opened.
  std::shared_ptr<quota_ledger> quotas = {};
  /// How to wait for another process that has the folder open.
  lock_wait wait_for_lock = {};
  /// Where the folder is.
  file_system& files = real_file_system();
  /// Does the background work instead of threads, if it is set. Outlives the engine.
  stepper* steps = nullptr;
};

/// Opens the folder and finishes what a crash interrupted. Only one process may have it open.
/// Throws std::runtime_error with one line that says what to do: see `data_folder` and
/// `prepare_database`. Blobs may outlive the engine; stores and sinks may not.
std::unique_ptr<storage_engine> open_disk_engine(disk_options options);

} // namespace gantry::storage
