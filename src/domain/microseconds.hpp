// Times as databases keep them.
#pragma once

#include "domain/time_point.hpp"

#include <chrono>
#include <cstdint>

namespace gantry {

/// Since 1970; what is less than one is cut off.
inline std::int64_t to_microseconds(time_point when) noexcept {
  return std::chrono::floor<std::chrono::microseconds>(when.time_since_epoch()).count();
}

inline time_point from_microseconds(std::int64_t when) noexcept {
  return time_point{std::chrono::microseconds{when}};
}

} // namespace gantry
