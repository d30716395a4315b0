// Counts observations in buckets, without a lock.
#pragma once

#include "telemetry/metric_table.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace gantry::telemetry {

/// The observations of a histogram at one time. Sums of several threads' are one histogram again.
struct histogram_counts {
  static constexpr std::size_t most_buckets = 23;

  /// Observations in each bucket alone; the one after the last bound is that of all larger values.
  std::array<std::uint64_t, most_buckets> in_bucket{};
  /// Of all observed values, in their unit.
  std::uint64_t sum = 0;

  histogram_counts& operator+=(const histogram_counts& other) noexcept;
  std::uint64_t total() const noexcept;
};

/// Thread-safe. Two additions to memory; a prometheus-cpp histogram takes a lock.
class histogram {
public:
  void observe(std::uint64_t value, const buckets& in) noexcept {
    std::size_t bucket = 0;
    while (bucket < in.bounds.size() && value > in.bounds[bucket])
      ++bucket;
    in_bucket_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  histogram_counts counts() const noexcept;

private:
  std::array<std::atomic<std::uint64_t>, histogram_counts::most_buckets> in_bucket_{};
  std::atomic<std::uint64_t> sum_{0};
};

} // namespace gantry::telemetry
