// Which blobs are in RAM, by digest, and the leases that hold those that nobody links yet.
#pragma once

#include "base/mutex.hpp"
#include "domain/storage.hpp"
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

/// Any thread. It does not own the blobs: links, readers and leases do. Some of the leases that are
/// over are dropped in passing, whenever their shard is asked for something.
class blob_index {
public:
  /// A hold prolongs a lease by at most `hold_at_most`.
  blob_index(std::function<time_point()> now, std::chrono::milliseconds hold_at_most)
    : now_{std::move(now)}, hold_at_most_{hold_at_most} {}

  /// Null where there is none.
  std::shared_ptr<const memory_blob> find(const digest& id);
  /// The same, and makes its lease last until `lease_until` at least.
  std::shared_ptr<const memory_blob> renew(const digest& id, time_point lease_until);
  /// Of this very blob, if it is the one that is found.
  void renew(const memory_blob& found, time_point lease_until);
  /// `candidate`, or the blob of the same digest that was there before. One of another generation
  /// is answered, and found by nobody.
  std::shared_ptr<const memory_blob> add(std::shared_ptr<const memory_blob> candidate,
                                         time_point lease_until);

  void end_lease(const memory_blob& unlinked);
  /// Whether a link to it must stay; `on_hold` says that a push goes on in its repository.
  bool is_leased(const memory_blob& linked, bool on_hold);
  /// Ends leases that are over, at most so many in each shard, and returns whose they were: what
  /// nobody else holds dies with the answer.
  std::vector<std::shared_ptr<const memory_blob>> drop_expired(std::size_t most);
  /// Called by a blob that dies.
  void forget(const memory_blob& dying);
  using lease_map = std::multimap<time_point, std::shared_ptr<const memory_blob>>;
  /// Leases go, and blobs that are held elsewhere are no longer found: a new generation begins.
  /// What is returned is to be dropped when no lock is held.
  std::vector<lease_map> clear() GANTRY_UNCHECKED_LOCKS;
  /// How often it was cleared.
  std::uint64_t generation() const noexcept { return generation_.load(); }

private:
  struct entry {
    /// Tells the blob from a later one with the same digest.
    const memory_blob* identity;
    std::weak_ptr<const memory_blob> target;
    std::optional<lease_map::iterator> lease;
    /// When the last lease is or was over; long ago if it was ended.
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
