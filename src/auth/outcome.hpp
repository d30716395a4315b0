// How an attempt to log in ended.
#pragma once

#include "auth/identity.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace gantry::auth {

enum class verdict : std::uint8_t {
  accepted,
  refused,
  /// Too many failures, or too many passwords to check: try again later.
  delayed,
};

struct outcome {
  verdict is = verdict::refused;
  /// For `delayed`.
  std::chrono::seconds wait{1};
  /// Null unless `accepted`.
  identity_ptr found = {};
  /// For how long the same may be accepted again without another look, as long as
  /// `login::generation` stays; zero if that is not known.
  std::chrono::nanoseconds lasts{0};
};

/// Refused if nothing was found.
inline outcome to_outcome(identity_ptr found, std::chrono::nanoseconds lasts = {}) {
  return {
    .is = found ? verdict::accepted : verdict::refused, .found = std::move(found), .lasts = lasts};
}

/// Called on any thread.
using completion = std::function<void(outcome)>;

} // namespace gantry::auth
