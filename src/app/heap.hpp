// How the heap of the program grows.
#pragma once

namespace gantry::app {

/// From now on each thread's heap grows in huge pages beyond its first 2 MiB, where the kernel has
/// them. A page fault for each 4 KiB was a fifth of the time of a push in a virtual machine. Only
/// for the program, whose process is its own, and before it starts threads.
void grow_heap_in_huge_pages() noexcept;

} // namespace gantry::app
