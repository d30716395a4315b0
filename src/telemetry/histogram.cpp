#include "telemetry/histogram.hpp"

#include <numeric>

namespace gantry::telemetry {

histogram_counts& histogram_counts::operator+=(const histogram_counts& other) noexcept {
  for (std::size_t i = 0; i < in_bucket.size(); ++i)
    in_bucket[i] += other.in_bucket[i];
  sum += other.sum;
  return *this;
}

std::uint64_t histogram_counts::total() const noexcept {
  return std::accumulate(in_bucket.begin(), in_bucket.end(), std::uint64_t{0});
}

histogram_counts histogram::counts() const noexcept {
  histogram_counts now;
  for (std::size_t i = 0; i < in_bucket_.size(); ++i)
    now.in_bucket[i] = in_bucket_[i].load(std::memory_order_relaxed);
  now.sum = sum_.load(std::memory_order_relaxed);
  return now;
}

} // namespace gantry::telemetry
