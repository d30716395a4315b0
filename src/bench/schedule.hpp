// Which image is worked on when, and what of it counts.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace gantry::bench {

using steady_clock = std::chrono::steady_clock;

/// How long a load lasts and how fast it goes.
struct pace {
  /// Work that is done first and does not count.
  std::chrono::nanoseconds warmup{0};
  /// How long it takes until all clients are at work, or the rate is reached: both grow evenly. A
  /// warm-up lasts at least as long.
  std::chrono::nanoseconds ramp{0};
  /// How long work counts; none: until `count` images are done.
  std::optional<std::chrono::nanoseconds> duration = std::nullopt;
  /// How many images count at most.
  std::optional<std::uint64_t> count = std::nullopt;
  /// Images a second that are begun, whether or not earlier ones are done; zero: each client begins
  /// the next one when its last is done.
  double rate = 0;
};

/// Hands out images to clients. Any thread, at any time.
class schedule {
public:
  using time_point = steady_clock::time_point;

  struct ticket {
    std::uint64_t number = 0;
    /// When the work should begin: now, unless there is a rate.
    time_point planned;
    /// Whether it may count; only if it also ends within the window.
    bool counts = false;
  };

  /// Precondition: `how` has a duration or a count.
  schedule(const pace& how, time_point now);

  /// The next image; nothing once there is no more to do.
  std::optional<ticket> take(time_point now);
  /// No more images are handed out, and what ends later does not count.
  void stop(time_point now);
  /// When a client begins, by its place among all of them: 0 for the first, up to 1. With a rate it
  /// is that which grows, and all begin at once.
  time_point joins_at(double place) const;
  /// Takes note that counted work has ended.
  void finished(time_point now);

  bool is_over(time_point now) const { return now >= end_.load(); }
  /// Whether what ends at this time counts.
  bool is_within(time_point when) const { return when >= begin_ && when < end_.load(); }
  time_point begin() const noexcept { return begin_; }
  /// `time_point::max()` until it is known.
  time_point end() const noexcept { return end_.load(); }
  /// How long work has counted: until the end of the window where a duration or a stop sets it,
  /// else until the last work ended.
  std::chrono::nanoseconds measured() const;
  /// All images handed out have numbers below this one.
  std::uint64_t numbers() const noexcept { return next_.load(); }
  /// With a rate: images that were due within the window and that no client was free to begin.
  std::uint64_t missed(time_point now) const;

private:
  time_point planned_begin(std::uint64_t number) const;
  /// With a rate: how many images are due before that time.
  std::uint64_t due_before(time_point when) const;

  double rate_;
  std::chrono::nanoseconds ramp_;
  time_point start_;
  time_point begin_;
  std::atomic<time_point> end_;
  std::atomic<time_point> last_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::int64_t> left_;
};

} // namespace gantry::bench
