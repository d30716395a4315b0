// The delay before a dead actor is restarted.
#pragma once

#include "domain/time_point.hpp"

#include <algorithm>
#include <chrono>

namespace gantry {

/// The first death restarts immediately. Each further death soon after doubles the delay, up to
/// `longest`, so an actor that dies at startup does not keep a core busy.
class restart_backoff {
public:
  static constexpr std::chrono::milliseconds shortest{10};
  static constexpr std::chrono::milliseconds longest{5000};
  /// After this long without a death, the delay starts over.
  static constexpr std::chrono::minutes calm{1};

  /// The delay after a death at `now`.
  std::chrono::milliseconds next(time_point now) noexcept {
    if (now - last_ >= calm)
      wait_ = std::chrono::milliseconds{0};
    last_ = now;
    const auto wait = wait_;
    wait_ = std::clamp(wait_ * 2, shortest, longest);
    return wait;
  }

private:
  time_point last_{};
  std::chrono::milliseconds wait_{0};
};

} // namespace gantry
