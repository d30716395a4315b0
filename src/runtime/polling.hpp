// Decides whether a thread polls before it sleeps.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace gantry::runtime {

/// Waking a halted core takes tens of microseconds, longer than most requests. A thread that polls
/// for about that long finds the next request sooner if requests are frequent; otherwise polling
/// wastes time, so it is done only while it pays. Not thread-safe.
class polling {
public:
  /// How long a thread polls before it sleeps.
  static constexpr std::chrono::microseconds span{50};
  /// Work that comes sooner did not need polling: the machine has so much to do that no core halts,
  /// and sleeping leaves the core to those who have it.
  static constexpr std::chrono::microseconds halting{5};
  /// While polling does not pay, one in this many waits tries it again.
  static constexpr unsigned tries_every = 32;

  /// Whether to poll before this wait.
  bool is_worth_it() noexcept {
    if (score_ > 0)
      return true;
    waits_ = (waits_ + 1) % tries_every;
    return waits_ == 0;
  }
  /// Records how long polling took to find something; empty if it found nothing.
  void learn(std::optional<std::chrono::nanoseconds> found_after) noexcept {
    const bool has_paid = found_after && *found_after >= halting;
    score_ = has_paid ? std::min(score_ + gain, most) : std::max(score_ - 1, 0);
  }

private:
  /// One success outweighs two failures.
  static constexpr int gain = 2;
  static constexpr int most = 8;

  int score_ = 0;
  unsigned waits_ = 0;
};

} // namespace gantry::runtime
