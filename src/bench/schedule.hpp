// Decides when each image is worked on, and which images count.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace gantry::bench {

using steady_clock = std::chrono::steady_clock;

/// How long a load lasts and how fast it is.
struct load_shape {
  /// Initial work that does not count.
  std::chrono::nanoseconds warmup{0};
  /// The time until all clients work or the rate is reached, both growing evenly. The warm-up lasts
  /// at least this long.
  std::chrono::nanoseconds ramp{0};
  /// How long work counts. None: until `count` images are done.
  std::optional<std::chrono::nanoseconds> duration = std::nullopt;
  /// The most images that count. None: no limit.
  std::optional<std::uint64_t> count = std::nullopt;
  /// Images to start per second, even if earlier ones are not done. 0: each client starts the next
  /// image when it has finished one.
  double rate = 0;
};

/// Hands out images to clients. Safe to call from any thread.
class schedule {
public:
  using time_point = steady_clock::time_point;

  struct ticket {
    std::uint64_t number = 0;
    /// When the work should begin: now if there is no rate.
    time_point planned;
    /// True if it counts, provided that it also ends within the window.
    bool counts = false;
  };

  /// Precondition: `how` has a duration or a count.
  schedule(const load_shape& how, time_point now);

  /// The next image. Returns nothing if there is nothing left to do.
  std::optional<ticket> take(time_point now);
  /// Hands out no more images; what ends later does not count.
  void stop(time_point now);
  /// When a client starts, by its place among all: from 0 for the first to 1. With a rate, all
  /// start at once, and the rate grows.
  time_point joins_at(double place) const;
  /// Work that counts has ended.
  void finished(time_point now);

  bool is_over(time_point now) const { return now >= end_.load(); }
  /// True if work that ends at this time counts.
  bool is_within(time_point when) const { return when >= begin_ && when < end_.load(); }
  time_point begin() const noexcept { return begin_; }
  /// `max()` until it is known.
  time_point end() const noexcept { return end_.load(); }
  /// How long work has counted: until the end of the window if a duration or `stop` has set it,
  /// else until the last work ended.
  std::chrono::nanoseconds measured() const;
  /// All images that were handed out have numbers below this one.
  std::uint64_t numbers() const noexcept { return next_.load(); }
  /// With a rate: images that were due within the window, but no client was free to start them.
  std::uint64_t missed(time_point now) const;

private:
  time_point planned_begin(std::uint64_t number) const;
  /// With a rate: the number of images that are due before that time.
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
