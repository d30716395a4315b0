// A wall clock that tests can set, advance and freeze.
#pragma once

#include "base/mutex.hpp"

#include <atomic>
#include <chrono>
#include <optional>

namespace gantry {

/// Thread-safe. While it is not adjusted, reading it costs a load more than the system's clock. A
/// change is visible to whatever happens after it, such as a message that is sent later.
class adjustable_clock {
public:
  using time_point = std::chrono::system_clock::time_point;
  using duration = time_point::duration;

  /// Changes that apply together, in the order of the members.
  struct change {
    /// Follow the system's clock again.
    bool real = false;
    std::optional<time_point> now = std::nullopt;
    duration advance{0};
    /// Whether the time stands still from now on.
    std::optional<bool> frozen = std::nullopt;
  };

  struct reading {
    time_point now;
    bool frozen = false;
    /// It is the system's time.
    bool real = true;
  };

  time_point now() const noexcept {
    return is_adjusted_.load(std::memory_order_relaxed) ? read().now
                                                        : std::chrono::system_clock::now();
  }
  reading read() const noexcept GANTRY_EXCLUDES(mutex_);

  /// Returns what the clock shows afterwards. Changes nothing and returns nothing if that is before
  /// `earliest` or after `latest`.
  std::optional<reading> adjust(const change& wanted) noexcept GANTRY_EXCLUDES(mutex_);

  /// 1970-01-01 and 2200-01-01: times between them are safe to calculate with.
  static constexpr time_point earliest{};
  static constexpr time_point latest{std::chrono::hours{24} * 84'006};

private:
  time_point shown(time_point real) const noexcept GANTRY_REQUIRES(mutex_) {
    return frozen_at_ ? *frozen_at_ : real + offset_;
  }

  /// Written under the mutex.
  std::atomic<bool> is_adjusted_{false};
  mutable mutex mutex_;
  /// Added to the system's clock.
  duration offset_ GANTRY_GUARDED_BY(mutex_){0};
  std::optional<time_point> frozen_at_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry
