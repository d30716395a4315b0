// Leases, and who works on a digest just now: what keeps publishing and purging of the same blob
// apart.
#pragma once

#include "base/mutex.hpp"
#include "domain/storage.hpp"

#include <chrono>
#include <functional>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

/// Any thread. A digest is free, being published by one at a time, or being swept. Leases live in
/// memory only: whoever opens the data folder anew holds back its collections for the time of one
/// lease, so none is ever broken.
class blob_leases {
public:
  /// What is known of a lease is kept for `remembered` after its end.
  blob_leases(std::function<time_point()> now, std::chrono::milliseconds remembered)
    : now_{std::move(now)}, remembered_{remembered} {}

  /// Promises the blob until then; never shortens. False while it is being swept: it must be taken
  /// for absent.
  bool lease(const digest& id, time_point until);
  bool is_leased(const digest& id) const;
  /// When the last lease of this process is or was over; long ago if there is none to remember.
  time_point leased_until(const digest& id) const;

  /// Takes the digest for publishing. False where somebody works on it: then `later` is called,
  /// with the digest taken, when it is free.
  bool begin_publish(const digest& id, std::function<void()> later);
  /// The blob can be found from now on, although its row is not committed yet.
  void announce(const digest& id, blob_ptr published);
  void end_publish(const digest& id);
  bool is_publishing(const digest& id) const;
  /// What was announced and is still being published; may be null.
  blob_ptr announced(const digest& id) const;

  /// Takes the digest for sweeping, unless it is leased or somebody works on it.
  bool begin_sweep(const digest& id);
  void end_sweep(const digest& id);
  /// Takes the digest so, leased or not: its bytes are no good to anybody. False where somebody
  /// works on it.
  bool begin_quarantine(const digest& id);

  /// Digests that something is known of.
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
