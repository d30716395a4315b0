// What keeps links and manifests of a repository for a while, although no row says so.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/storage.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::storage {

/// Holds of whole repositories while pushes go on, and leases of manifests that `HEAD` has told a
/// client of. Any thread. In memory only, as the leases of blobs are: see `blob_leases`.
class repository_holds {
public:
  explicit repository_holds(std::function<time_point()> now) : now_{std::move(now)} {}

  /// See `repository_store::hold_until`.
  void hold(const std::string& repository, time_point until);
  /// Long ago for one that is not held.
  time_point held_until(const std::string& repository) const;

  /// Never shortens.
  void lease(std::string_view repository, const digest& manifest, time_point until);
  bool is_leased(std::string_view repository, const digest& manifest) const;

  /// Holds and leases that are known, some of which may be over.
  std::size_t size() const;

private:
  /// A manifest of a repository, hashed: two that collide share the longer lease.
  static std::size_t key(std::string_view repository, const digest& manifest) noexcept;
  void forget_expired() GANTRY_REQUIRES(mutex_);

  std::function<time_point()> now_;
  mutable mutex mutex_;
  std::unordered_map<std::string, time_point> held_ GANTRY_GUARDED_BY(mutex_);
  std::unordered_map<std::size_t, time_point> leased_ GANTRY_GUARDED_BY(mutex_);
  std::size_t forget_above_ GANTRY_GUARDED_BY(mutex_) = 1024;
};

} // namespace gantry::storage
