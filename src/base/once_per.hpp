// Lets one thread at a time do what is to be done now and then.
#pragma once

#include <atomic>
#include <chrono>

namespace gantry {

/// Thread-safe.
class once_per {
public:
  using clock = std::chrono::steady_clock;

  /// The first turn comes an interval after `now`.
  once_per(clock::duration interval, clock::time_point now)
    : interval_{interval}, next_{now + interval} {}

  /// Whether it is the caller's turn: true for one caller per interval, and the others go on.
  bool take_turn(clock::time_point now) noexcept {
    auto due = next_.load(std::memory_order_relaxed);
    return now >= due && next_.compare_exchange_strong(due, now + interval_);
  }

private:
  const clock::duration interval_;
  std::atomic<clock::time_point> next_;
};

} // namespace gantry
