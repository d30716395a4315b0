// The blobs in RAM, by digest.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "storage/memory/blob.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace gantry::storage {

/// Any thread. It does not own the blobs: links and readers do.
class blob_index {
public:
  /// Null if there is none, or if only readers and snapshots hold it.
  std::shared_ptr<const memory_blob> find_linked(const digest& id);
  /// Null if there is none; readers and snapshots may be its only holders.
  std::shared_ptr<const memory_blob> find(const digest& id);
  /// Returns the blob of the same digest that was there before, or adds and returns `candidate`. A
  /// candidate of another generation is returned, but not added.
  std::shared_ptr<const memory_blob> add(std::shared_ptr<const memory_blob> candidate);
  /// Adds a blob of an earlier generation to this one, unless there is another one by now, and
  /// returns the one that is there.
  std::shared_ptr<const memory_blob> adopt(std::shared_ptr<const memory_blob> saved);

  /// Called by the destructor of a blob.
  void forget(const memory_blob& dying);
  /// Begins a new generation: blobs that are held elsewhere are no longer found.
  void clear() GANTRY_UNCHECKED_LOCKS;
  /// How often the index was cleared.
  std::uint64_t generation() const noexcept { return generation_.load(); }

private:
  struct entry {
    /// Distinguishes the blob from a later one with the same digest.
    const memory_blob* identity = nullptr;
    std::weak_ptr<const memory_blob> target;
  };

  struct shard {
    gantry::mutex mutex;
    std::unordered_map<digest, entry> entries GANTRY_GUARDED_BY(mutex);
  };

  shard& shard_of(const digest& id) noexcept;

  /// Changes only while all shards are locked.
  std::atomic<std::uint64_t> generation_{0};
  std::array<shard, 16> shards_;
};

} // namespace gantry::storage
