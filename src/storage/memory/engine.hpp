// The storage engine that keeps everything in RAM: ephemeral, resettable, bounded by a budget.
#pragma once

#include "base/stepper.hpp"
#include "storage/api/engine.hpp"
#include "storage/api/quota_ledger.hpp"
#include "storage/memory/file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

namespace gantry::storage {

struct memory_options {
  /// The most bytes of blobs, uploads and metadata together, with an estimate of the overhead of
  /// managing them.
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  /// Blobs above this many bytes are in a memory file: no heap grows, and sendfile(2) sends them.
  std::size_t inline_threshold = 4 * 1024;
  /// Limits for mapping memory files.
  mapping_limits mappings = {};
  /// A push in progress prolongs the leases of its repository by at most this.
  std::chrono::milliseconds hold_at_most = std::chrono::hours{23};
  /// Threads for collections, clearings, and writes that need room; 0 for none: all runs where it
  /// is asked for.
  std::size_t workers = 1;
  /// Decides when a push no longer holds a repository.
  std::function<time_point()> now = std::chrono::system_clock::now;
  /// Keeps the accounts of quotas and refuses what exceeds them; null without any.
  std::shared_ptr<quota_ledger> quotas = {};
  /// Does what waits for the keeper of leases instead of threads, if it is set. Outlives the
  /// engine.
  stepper* steps = nullptr;
};

/// A blob lives while a repository links it or a reader holds it, and its bytes are freed at once
/// when the last of these ends. A write calls its completion before it returns, unless it finds the
/// limit reached: then links that no manifest needs are removed first. Blobs and stores may outlive
/// the engine.
std::unique_ptr<storage_engine> make_memory_engine(memory_options options = {});

} // namespace gantry::storage
