// How soon an actor that died is started again.
#pragma once

#include "domain/storage.hpp"

#include <algorithm>
#include <chrono>

namespace gantry {

/// The first death restarts at once; each further one soon after waits twice as long as the one
/// before, up to `longest`: what dies at its start must not keep a core busy.
class restart_backoff {
public:
  static constexpr std::chrono::milliseconds shortest{10};
  static constexpr std::chrono::milliseconds longest{5000};
  /// Without a death for so long, all is forgotten.
  static constexpr std::chrono::minutes calm{1};

  /// How long to wait after a death at `now`.
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
