// A histogram of latencies, with three significant digits from a microsecond to an hour.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry::bench {

/// Log-linear buckets, as in HdrHistogram: one per microsecond up to 2047, then buckets of at most
/// a thousandth of their value. Recording costs a few instructions. The buckets (184 KiB) are
/// allocated with the first value. Not thread-safe.
class latency_histogram {
public:
  using duration = std::chrono::microseconds;

  static constexpr duration lowest{1};
  static constexpr duration highest = std::chrono::hours{1};

  /// Clamps values outside `lowest`…`highest`.
  void record(duration value);
  /// Adds the values of `other`.
  void merge(const latency_histogram& other);
  void clear() noexcept;

  std::uint64_t count() const noexcept { return count_; }
  /// Exact. Zero if empty.
  duration max() const noexcept { return max_; }
  /// The mean of the exact values, in microseconds. Zero if empty.
  double mean() const noexcept;
  /// The value that `percent` (0…100) of all values do not exceed: at most a thousandth too large,
  /// never above `max()`. Zero if empty.
  duration percentile(double percent) const noexcept;

  friend bool operator==(const latency_histogram&, const latency_histogram&) = default;

private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  duration max_{0};
};

} // namespace gantry::bench
