// The course of a load, second by second.
#pragma once

#include "bench/latency_histogram.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace gantry::bench {

/// The work that ended within a span of time, usually a second.
struct moment {
  /// The end of the span, since the load began to count.
  std::chrono::nanoseconds end{0};
  std::chrono::nanoseconds span{0};
  std::uint64_t count = 0;
  std::uint64_t failed = 0;
  latency_histogram::duration p50{0};
  latency_histogram::duration p99{0};
  latency_histogram::duration max{0};

  /// Zero if the span is empty.
  double per_second() const noexcept;
};

/// Moments in order, without gaps.
using series = std::vector<moment>;

} // namespace gantry::bench
