// How often something may happen.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::limits {

/// So many in a time, evenly: a rate of 100 in a second lets 100 happen at once, and then one each
/// 10 ms.
struct rate {
  std::uint32_t count = 1;
  std::chrono::seconds in{1};

  bool operator==(const rate&) const = default;
};

/// `100/s`, `30/min`, `1000/h`. Throws std::invalid_argument with a text that names the mistake and
/// an example.
rate parse_rate(std::string_view text);
/// The inverse of `parse_rate`.
std::string to_string(const rate& shown);

} // namespace gantry::limits
