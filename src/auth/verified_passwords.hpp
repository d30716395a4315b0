// Remembers for a while which passwords were right: Basic clients send them with every request.
#pragma once

#include "auth/identity.hpp"
#include "auth/schemes.hpp"
#include "base/mutex.hpp"
#include "domain/digest.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <unordered_map>

namespace gantry::auth {

/// Holds no password, only a hash of user and password under a key that is random for each object.
/// Thread-safe.
class verified_passwords {
public:
  using time_point = std::chrono::steady_clock::time_point;
  /// Names credentials without revealing them.
  using fingerprint = digest;

  static constexpr std::chrono::seconds lifetime{60};
  /// The one that expires first goes when there are more.
  static constexpr std::size_t max_entries = 10'000;

  /// Throws std::system_error without random bytes.
  verified_passwords();

  struct entry {
    /// Whose password it is.
    identity_ptr owner;
    time_point until;
  };

  fingerprint fingerprint_of(const credentials& who) const;
  /// Absent if the password is not known, or no longer.
  std::optional<entry> find(const fingerprint& known, time_point now) const;
  void remember(const fingerprint& known, identity_ptr owner, time_point now);
  void clear();

private:
  std::array<unsigned char, 32> key_;
  mutable mutex mutex_;
  std::unordered_map<fingerprint, entry> entries_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::auth
