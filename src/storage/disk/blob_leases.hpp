// Leases on digests, and reservations that keep publishing and purging of the same blob apart.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/time_point.hpp"
#include "storage/api/blob.hpp"

#include <chrono>
#include <functional>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

/// Thread-safe. A digest is free, being published by one request, or being swept. Leases live in
/// memory only: after a restart, garbage collection waits for the longest lease, so no lease is
/// ever broken.
class blob_leases {
public:
  /// An expired lease is remembered for `remembered`.
  blob_leases(std::function<time_point()> now, std::chrono::milliseconds remembered)
    : now_{std::move(now)}, remembered_{remembered} {}

  /// Promises the blob until `until`; never shortens a lease. False if the blob is being swept:
  /// treat it as absent.
  bool lease(const digest& id, time_point until);
  bool is_leased(const digest& id) const;
  /// The end of the last lease in this process, which may be past; long ago if none is remembered.
  time_point leased_until(const digest& id) const;

  /// Reserves the digest for publishing. False if it is reserved already: `later` is called once
  /// the digest is free and reserved for this caller.
  bool begin_publish(const digest& id, std::function<void()> later);
  /// Makes the blob findable before its row is committed.
  void announce(const digest& id, blob_ptr published);
  void end_publish(const digest& id);
  bool is_publishing(const digest& id) const;
  /// The announced blob, while it is being published; otherwise null.
  blob_ptr announced(const digest& id) const;

  /// Reserves the digest for sweeping, unless it is leased or reserved.
  bool begin_sweep(const digest& id);
  void end_sweep(const digest& id);
  /// Reserves the digest for sweeping even if it is leased: its bytes are unusable. False if it is
  /// reserved.
  bool begin_quarantine(const digest& id);

  /// The number of digests with an entry.
  std::size_t size() const;

private:
  enum class work : std::uint8_t { none, publishing, sweeping };

  struct entry {
    time_point lease_until{};
    work current = work::none;
    blob_ptr announced;
    std::vector<std::function<void()>> waiting;
  };

  void free(const digest& id);
  void forget_expired() GANTRY_REQUIRES(mutex_);

  std::function<time_point()> now_;
  const std::chrono::milliseconds remembered_;
  mutable mutex mutex_;
  std::unordered_map<digest, entry> entries_ GANTRY_GUARDED_BY(mutex_);
  std::size_t forget_above_ GANTRY_GUARDED_BY(mutex_) = 1024;
};

} // namespace gantry::storage
