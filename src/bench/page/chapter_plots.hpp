// The plots of one load.
#pragma once

#include "bench/page/page.hpp"
#include "bench/page/plot.hpp"

namespace gantry::bench {

/// How many a second, over time; steps as wide as the spans.
plot throughput_plot(const chapter& load);
/// The p50 and p99 of each span over time; spans in which nothing ended are left out.
plot latency_plot(const chapter& load);
/// Latency by percentile for each operation, on an axis of nines from p50 to p99.99.
plot percentile_plot(const chapter& load);

} // namespace gantry::bench
