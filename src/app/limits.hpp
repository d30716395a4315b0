// What the machine gives: cores, memory, descriptors.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gantry::app {

/// Cores that this process may run on; at least 1.
std::size_t usable_cores();

/// Bytes of RAM, or what the control group of the process may have of it (cgroup v2).
std::uint64_t physical_memory();

/// Raises the soft limit of open descriptors to the hard one: each connection and each large blob
/// in memory takes one.
void raise_descriptor_limit();

} // namespace gantry::app
