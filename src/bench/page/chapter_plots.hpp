// The plots of one load.
#pragma once

#include "bench/page/page.hpp"
#include "bench/page/plot.hpp"

namespace gantry::bench {

/// The number per second over time, with a step per span.
plot throughput_plot(const chapter& load);
/// p50 and p99 per span over time, without empty spans.
plot latency_plot(const chapter& load);
/// Latency by percentile per operation, on a logarithmic axis from p50 to p99.99.
plot percentile_plot(const chapter& load);

} // namespace gantry::bench
