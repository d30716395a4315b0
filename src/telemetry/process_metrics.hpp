// What Prometheus wants to know of every process.
#pragma once

#include "telemetry/exposition.hpp"

namespace gantry::telemetry {

/// Reads /proc/self, which takes some microseconds and does not block; what cannot be read is left
/// out. Any thread.
void add_process_metrics(exposition& out);

} // namespace gantry::telemetry
