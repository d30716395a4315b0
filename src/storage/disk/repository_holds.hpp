// Temporary holds on a repository's links and manifests, without rows.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/time_point.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::storage {

/// Holds on whole repositories while pushes continue, and leases on manifests that a `HEAD`
/// reported. Thread-safe. In memory only, like the leases of `blob_leases`.
class repository_holds {
public:
  explicit repository_holds(std::function<time_point()> now) : now_{std::move(now)} {}

  /// See `repository_store::hold_until`.
  void hold(const std::string& repository, time_point until);
  /// Long ago if the repository is not held.
  time_point held_until(const std::string& repository) const;

  /// Never shortens a lease.
  void lease(std::string_view repository, const digest& manifest, time_point until);
  bool is_leased(std::string_view repository, const digest& manifest) const;

  /// The number of known holds and leases, including expired ones.
  std::size_t size() const;

private:
  /// A hash of repository and digest; two that collide share the longer lease.
  static std::size_t key(std::string_view repository, const digest& manifest) noexcept;
  void forget_expired() GANTRY_REQUIRES(mutex_);

  std::function<time_point()> now_;
  mutable mutex mutex_;
  std::unordered_map<std::string, time_point> held_ GANTRY_GUARDED_BY(mutex_);
  std::unordered_map<std::size_t, time_point> leased_ GANTRY_GUARDED_BY(mutex_);
  std::size_t forget_above_ GANTRY_GUARDED_BY(mutex_) = 1024;
};

} // namespace gantry::storage
