// Remembers for a while which passwords were right: Basic clients send them with every request.
#pragma once

#include "auth/schemes.hpp"
#include "base/mutex.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <map>

namespace gantry::auth {

/// Holds no password, only a hash of user and password under a key that is random for each object.
/// Thread-safe.
class verified_passwords {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds lifetime{60};
  /// The one that expires first goes when there are more.
  static constexpr std::size_t max_entries = 10'000;

  /// Throws std::system_error without random bytes.
  verified_passwords();

  bool knows(const credentials& who, time_point now) const;
  void remember(const credentials& who, time_point now);
  void clear();

private:
  using fingerprint = std::array<unsigned char, 32>;

  fingerprint fingerprint_of(const credentials& who) const;

  std::array<unsigned char, 32> key_;
  mutable mutex mutex_;
  std::map<fingerprint, time_point> until_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::auth
