// Remembers which tokens were found genuine: to decrypt one or to verify its signature costs more
// than the request that it comes with.
#pragma once

#include "auth/identity.hpp"
#include "base/mutex.hpp"
#include "domain/digest.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <unordered_map>

namespace gantry::auth {

/// Holds no token, only a hash of it. Thread-safe.
class verified_tokens {
public:
  using time_point = std::chrono::system_clock::time_point;

  /// The one that ends first goes when there are more.
  static constexpr std::size_t max_entries = 10'000;

  /// Whose token it is; null if that is not known, or no longer.
  identity_ptr find(std::string_view token, time_point now) const;
  void remember(std::string_view token, identity_ptr owner, time_point until);
  void clear();

private:
  struct entry {
    identity_ptr owner;
    time_point until;
  };

  mutable mutex mutex_;
  std::unordered_map<digest, entry> entries_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::auth
