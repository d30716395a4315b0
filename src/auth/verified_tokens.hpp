// Remembers which tokens were found genuine: to decrypt one or to verify its signature costs more
// than the request that it comes with.
#pragma once

#include "auth/identity.hpp"
#include "base/mutex.hpp"
#include "domain/digest.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace gantry::auth {

/// Holds no token, only a hash of it. Thread-safe.
class verified_tokens {
public:
  using time_point = std::chrono::system_clock::time_point;

  /// The one that ends first goes when there are more.
  static constexpr std::size_t max_entries = 10'000;

  struct entry {
    /// Whose token it is.
    identity_ptr owner;
    time_point until;
    /// `login::generation` before it was looked at: it does not count in another one.
    std::uint64_t generation;
  };

  /// Absent if the token is not known, or no longer.
  std::optional<entry> find(std::string_view token, std::uint64_t generation, time_point now) const;
  void remember(std::string_view token, entry known);

private:
  mutable mutex mutex_;
  std::unordered_map<digest, entry> entries_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::auth
