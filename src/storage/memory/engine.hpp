// The storage engine that keeps everything in RAM: ephemeral, resettable, bounded by a budget.
#pragma once

#include "domain/storage.hpp"
#include "storage/memory/file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

namespace gantry::storage {

struct memory_options {
  /// Bytes of blobs, uploads and metadata together, with an estimate of what managing them takes.
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  /// Blobs above this many bytes lie in a memory file: no heap grows, and sendfile(2) sends them.
  std::size_t inline_threshold = 4 * 1024;
  /// Memory files are mapped within these.
  mapping_limits mappings = {};
  /// A push that goes on prolongs the leases of its repository by at most this.
  std::chrono::milliseconds hold_at_most = std::chrono::hours{23};
  /// Decides when a lease is over.
  std::function<time_point()> now = std::chrono::system_clock::now;
};

/// A blob lives while a repository links it, a reader holds it or its lease runs, and gives its
/// bytes back at once when the last of these is gone. Leases that are over are noticed when the
/// engine is asked for something, at the latest when the limit is hit. The answer to a write comes
/// before the call returns. Blobs and stores may outlive the engine.
std::unique_ptr<storage_engine> make_memory_engine(memory_options options = {});

} // namespace gantry::storage
