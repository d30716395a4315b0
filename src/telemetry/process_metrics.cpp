#include "telemetry/process_metrics.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace gantry::telemetry {

namespace {

/// Of /proc/self/stat (proc(5)).
struct process_state {
  double start_ticks = 0;
  double resident_pages = 0;
};

bool read_state(process_state& state) {
  std::ifstream in{"/proc/self/stat"};
  std::string line;
  std::getline(in, line);
  // The name of the program is in parentheses and may contain blanks.
  const auto after_name = line.rfind(')');
  if (after_name == std::string::npos)
    return false;
  std::istringstream fields{line.substr(after_name + 2)};
  std::string ignored;
  for (int field = 3; field < 22; ++field)
    fields >> ignored;
  double virtual_bytes = 0;
  fields >> state.start_ticks >> virtual_bytes >> state.resident_pages;
  return !fields.fail();
}

/// Seconds since the epoch; 0 if unknown.
double boot_time() {
  std::ifstream in{"/proc/stat"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("btime "))
      return std::stod(line.substr(6));
  return 0;
}

double seconds(const timeval& span) {
  return static_cast<double>(span.tv_sec) + static_cast<double>(span.tv_usec) / 1e6;
}

void add_descriptors(exposition& out) {
  std::error_code failed;
  const std::filesystem::directory_iterator open{"/proc/self/fd", failed};
  if (!failed) // without the one that lists them
    out.add(metric::process_open_fds,
            static_cast<double>(std::distance(open, std::filesystem::directory_iterator{})) - 1);
  rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) == 0)
    out.add(metric::process_max_fds, static_cast<double>(most.rlim_cur));
}

} // namespace

void add_process_metrics(exposition& out) {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0)
    out.add(metric::process_cpu_seconds_total, seconds(used.ru_utime) + seconds(used.ru_stime));
  add_descriptors(out);
  process_state state;
  if (!read_state(state))
    return;
  out.add(metric::process_resident_memory_bytes,
          state.resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  static const double boot = boot_time();
  if (boot > 0)
    out.add(metric::process_start_time_seconds,
            boot + state.start_ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

} // namespace gantry::telemetry
