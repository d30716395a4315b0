// The clock of everything that outlives a process.
#pragma once

#include <chrono>

namespace gantry {

/// Wall-clock time because leases outlive the process that granted them.
using time_point = std::chrono::system_clock::time_point;

} // namespace gantry
