// A range of bytes.
#pragma once

#include <cstdint>

namespace gantry {

/// Bytes `first … last`, inclusive; never empty.
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  std::uint64_t length() const noexcept { return last - first + 1; }
  bool operator==(const byte_range&) const = default;
};

} // namespace gantry
