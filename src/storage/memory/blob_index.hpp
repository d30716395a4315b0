// Which blobs are in RAM, by digest, and the leases that hold those that nobody links yet.
#pragma once

#include "domain/storage.hpp"
#include "storage/memory/blob.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace gantry::storage {

/// Any thread. It does not own the blobs: links, readers and leases do. Leases that are over are
/// dropped in passing, whenever their shard is asked for something.
class blob_index {
public:
  explicit blob_index(std::function<time_point()> now) : now_{std::move(now)} {}

  /// Null where there is none.
  std::shared_ptr<const memory_blob> find(const digest& id);
  /// The same, and makes its lease last until `lease_until` at least.
  std::shared_ptr<const memory_blob> renew(const digest& id, time_point lease_until);
  /// `candidate`, or the blob of the same digest that was there before.
  std::shared_ptr<const memory_blob> add(std::shared_ptr<const memory_blob> candidate,
                                         time_point lease_until);

  void end_lease(const memory_blob& unlinked);
  /// Ends all leases that are over.
  void drop_expired();
  /// Called by a blob that dies.
  void forget(const memory_blob& dying);
  /// Leases go, and blobs that are held elsewhere are no longer found.
  void clear();

private:
  using lease_map = std::multimap<time_point, std::shared_ptr<const memory_blob>>;

  struct entry {
    /// Tells the blob from a later one with the same digest.
    const memory_blob* identity;
    std::weak_ptr<const memory_blob> target;
    std::optional<lease_map::iterator> lease;
  };

  struct shard {
    std::mutex mutex;
    std::unordered_map<digest, entry> entries;
    lease_map leases;

    std::shared_ptr<const memory_blob> find(const digest& id) const;
    void hold(entry& leased, time_point until);
  };

  shard& shard_of(const digest& id) noexcept;
  void drop_expired(shard& part);

  std::function<time_point()> now_;
  std::array<shard, 16> shards_;
};

} // namespace gantry::storage
