// Spans of time as numbers.
#pragma once

#include <chrono>

namespace gantry::bench {

constexpr double in_seconds(std::chrono::nanoseconds span) noexcept {
  return std::chrono::duration<double>(span).count();
}

} // namespace gantry::bench
