#include "bench/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gantry::bench {

namespace {

/// Values below 2^11 have a bucket each; above, each power of two has 2^10 buckets.
constexpr unsigned exact_bits = 11;
constexpr std::uint64_t half = std::uint64_t{1} << (exact_bits - 1);

constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
  const auto shift = std::bit_width(value | (2 * half - 1)) - exact_bits;
  return shift * half + (value >> shift);
}

/// The largest value of the bucket.
constexpr std::uint64_t top_of(std::size_t bucket) noexcept {
  if (bucket < 2 * half)
    return bucket;
  const auto shift = bucket / half - 1;
  return ((bucket - shift * half + 1) << shift) - 1;
}

constexpr auto bucket_count =
  bucket_of(static_cast<std::uint64_t>(latency_histogram::highest.count())) + 1;

} // namespace

void latency_histogram::record(duration value) {
  const auto kept = static_cast<std::uint64_t>(std::clamp(value, lowest, highest).count());
  if (buckets_.empty())
    buckets_.resize(bucket_count);
  ++buckets_[bucket_of(kept)];
  ++count_;
  sum_ += kept;
  max_ = std::max(max_, duration{kept});
}

void latency_histogram::merge(const latency_histogram& other) {
  if (other.buckets_.empty())
    return;
  buckets_.resize(bucket_count);
  for (std::size_t i = 0; i < bucket_count; ++i)
    buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

void latency_histogram::clear() noexcept {
  std::fill(buckets_.begin(), buckets_.end(), 0);
  count_ = 0;
  sum_ = 0;
  max_ = duration{0};
}

double latency_histogram::mean() const noexcept {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

latency_histogram::duration latency_histogram::percentile(double percent) const noexcept {
  const auto share = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank)
      return std::min(duration{top_of(i)}, max_);
  }
  return max_;
}

} // namespace gantry::bench
