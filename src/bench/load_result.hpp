// The outcome of a load: while it runs, and at the end.
#pragma once

#include "bench/latency_histogram.hpp"
#include "bench/series.hpp"
#include "bench/tally.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace gantry::bench {

/// What happened since the last report.
struct progress {
  /// Since the load began to count; negative during the warm-up.
  std::chrono::nanoseconds elapsed{0};
  /// Since the last report.
  std::chrono::nanoseconds span{0};
  latency_histogram images;
  std::uint64_t failed = 0;
};

using progress_observer = std::function<void(const progress&)>;

struct load_result {
  tally figures;
  /// One per second that was measured; the last one may be shorter.
  series moments;
  std::chrono::nanoseconds measured{0};
  /// All images that were worked on have numbers below this one.
  std::uint64_t numbers = 0;
  /// With a rate: images that were due and never started.
  std::uint64_t missed = 0;
  /// True if a signal ended the load.
  bool interrupted = false;
};

} // namespace gantry::bench
