// How long operations took: a histogram of three significant digits from a microsecond to an hour.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry::bench {

/// Log-linear buckets (as HdrHistogram's): whole microseconds up to 2047, above that a bucket is at
/// most a thousandth of its value wide. Recording costs a few instructions; the buckets (184 KiB)
/// are allocated with the first value. A value; one thread at a time.
class latency_histogram {
public:
  using duration = std::chrono::microseconds;

  static constexpr duration lowest{1};
  static constexpr duration highest = std::chrono::hours{1};

  /// Values outside of `lowest` … `highest` count as the nearer of the two.
  void record(duration value);
  /// Afterwards this one has the values of both.
  void merge(const latency_histogram& other);
  void clear() noexcept;

  std::uint64_t count() const noexcept { return count_; }
  /// Exact; zero where nothing was recorded.
  duration max() const noexcept { return max_; }
  /// Of the exact values, in microseconds; zero where nothing was recorded.
  double mean() const noexcept;
  /// The value that `percent` (0 … 100) of all values do not exceed: at most a thousandth too
  /// large, never above `max()`. Zero where nothing was recorded.
  duration percentile(double percent) const noexcept;

  friend bool operator==(const latency_histogram&, const latency_histogram&) = default;

private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  duration max_{0};
};

} // namespace gantry::bench
