#include "app/limits.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace gantry::app {

std::size_t usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (::sched_getaffinity(0, sizeof(cores), &cores) != 0)
    return 1;
  return std::max<std::size_t>(1, static_cast<std::size_t>(CPU_COUNT(&cores)));
}

std::uint64_t physical_memory() {
  auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
               static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  // In a container this is its own control group. "max", or no file, means no limit.
  std::ifstream limit{"/sys/fs/cgroup/memory.max"};
  std::uint64_t granted = 0;
  if (limit >> granted && granted > 0)
    bytes = std::min(bytes, granted);
  return bytes;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit); // if refused, the old limit allows fewer clients
}

} // namespace gantry::app
