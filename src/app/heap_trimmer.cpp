#include "app/heap_trimmer.hpp"

#include <ctime>
#include <utility>

#include <malloc.h>

namespace gantry::app {

namespace {

using namespace std::chrono_literals;

/// Processor time after which there may be memory to return.
constexpr auto worth_a_trim = 500ms;
/// Less than a tenth of a core between two checks counts as quiet.
constexpr std::chrono::milliseconds quiet = std::chrono::milliseconds{heap_trimmer::interval} / 10;

std::chrono::nanoseconds processor_time() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
}

} // namespace

void heap_trimmer::look() {
  if (!is_due(processor_time()))
    return;
  ::malloc_trim(0);
  trimmed_ = seen_ = processor_time(); // trimming itself does not count as work
}

bool heap_trimmer::is_due(std::chrono::nanoseconds spent) {
  const auto lately = spent - std::exchange(seen_, spent);
  if (lately > quiet || spent - trimmed_ < worth_a_trim)
    return false;
  trimmed_ = spent;
  return true;
}

} // namespace gantry::app
