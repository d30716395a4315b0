// The blobs in RAM, by digest, and the leases that hold those without a link.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/time_point.hpp"
#include "storage/memory/blob.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gantry::storage {

/// Any thread. It does not own the blobs: links, readers and leases do. Each look-up also drops
/// some expired leases of its shard.
class blob_index {
public:
  /// A hold prolongs a lease by at most `hold_at_most`.
  blob_index(std::function<time_point()> now, std::chrono::milliseconds hold_at_most)
    : now_{std::move(now)}, hold_at_most_{hold_at_most} {}

  /// Null if there is none, or if only readers and snapshots hold it.
  std::shared_ptr<const memory_blob> find(const digest& id);
  /// Finds the blob and makes its lease last at least until `lease_until`.
  std::shared_ptr<const memory_blob> renew(const digest& id, time_point lease_until);
  /// Renews the lease of this very blob, if the index still holds it.
  void renew(const memory_blob& found, time_point lease_until);
  /// Returns the blob of the same digest that was there before, or adds and returns `candidate`. A
  /// candidate of another generation is returned, but not added.
  std::shared_ptr<const memory_blob> add(std::shared_ptr<const memory_blob> candidate,
                                         time_point lease_until);

  /// Adds a blob of an earlier generation to this one, unless there is another one by now, and
  /// returns the one that is there. Its lease lasts at least until `lease_until`.
  std::shared_ptr<const memory_blob> adopt(std::shared_ptr<const memory_blob> saved,
                                           time_point lease_until);

  void end_lease(const memory_blob& unlinked);
  /// Whether a link to the blob must stay. `on_hold`: a push is in progress in its repository.
  bool is_leased(const memory_blob& linked, bool on_hold);
  /// Drops expired leases, at most `most` in each shard, and returns their blobs. Those without
  /// another holder are destroyed with the result.
  std::vector<std::shared_ptr<const memory_blob>> drop_expired(std::size_t most);
  /// Called by the destructor of a blob.
  void forget(const memory_blob& dying);
  using lease_map = std::multimap<time_point, std::shared_ptr<const memory_blob>>;
  /// Drops all leases and begins a new generation: blobs that are held elsewhere are no longer
  /// found. The caller must drop the result while it holds no lock.
  std::vector<lease_map> clear() GANTRY_UNCHECKED_LOCKS;
  /// How often the index was cleared.
  std::uint64_t generation() const noexcept { return generation_.load(); }

private:
  struct entry {
    /// Distinguishes the blob from a later one with the same digest.
    const memory_blob* identity = nullptr;
    std::weak_ptr<const memory_blob> target;
    std::optional<lease_map::iterator> lease;
    /// When the last lease ends or ended; the epoch if it was ended early.
    time_point leased_until{};
  };

  struct shard {
    gantry::mutex mutex;
    std::unordered_map<digest, entry> entries GANTRY_GUARDED_BY(mutex);
    lease_map leases GANTRY_GUARDED_BY(mutex);

    std::shared_ptr<const memory_blob> find(const digest& id) const GANTRY_REQUIRES(mutex);
    entry* find_entry(const memory_blob& found) GANTRY_REQUIRES(mutex);
    void hold(entry& leased, time_point until) GANTRY_REQUIRES(mutex);
  };

  shard& shard_of(const digest& id) noexcept;
  void drop_expired(shard& part, std::size_t most,
                    std::vector<std::shared_ptr<const memory_blob>>& released);
  void drop_in_passing(shard& part);

  std::function<time_point()> now_;
  const std::chrono::milliseconds hold_at_most_;
  /// Changes only while all shards are locked.
  std::atomic<std::uint64_t> generation_{0};
  std::array<shard, 16> shards_;
};

} // namespace gantry::storage
