// The machine's limits: cores, memory, descriptors.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gantry::app {

/// Cores that this process may run on; at least 1.
std::size_t usable_cores();

/// Bytes of RAM, or the limit of the process's control group (cgroup v2).
std::uint64_t physical_memory();

/// Raises the soft limit of open descriptors to the hard limit: each connection and each large blob
/// in memory uses one.
void raise_descriptor_limit();

} // namespace gantry::app
