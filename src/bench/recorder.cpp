#include "bench/recorder.hpp"

#include <chrono>

namespace gantry::bench {

void recorder::enter(operation step, schedule::time_point begun, std::string_view wrong) {
  const auto now = steady_clock::now();
  if (!is_counting(now))
    return;
  if (wrong.empty())
    figures_->succeeded(step, std::chrono::duration_cast<latency_histogram::duration>(now - begun));
  else
    figures_->failed(step, wrong);
}

void recorder::moved(std::uint64_t bytes) {
  if (is_counting(steady_clock::now()))
    figures_->moved(bytes);
}

void recorder::mount_declined() {
  if (is_counting(steady_clock::now()))
    figures_->mount_declined();
}

} // namespace gantry::bench
