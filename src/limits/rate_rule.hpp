// A limit on how often clients may ask, as it is configured.
#pragma once

#include "limits/rate.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::limits {

/// Who shares a limit.
enum class sharing : std::uint8_t {
  /// All requests from one address; of IPv6, from one network of 64 bits.
  address,
  /// All requests of one user, wherever they come from. Requests without a user have no limit.
  user,
};

/// Which requests count.
enum class requests : std::uint8_t { all, read, write, remove };

struct rate_rule {
  sharing among = sharing::address;
  requests counted = requests::all;
  rate most = {};

  bool operator==(const rate_rule&) const = default;
};

/// `address=100/s`, `user:write=30/min`: who, which requests (all without a colon; `read`, `write`,
/// `delete`), how often. Throws std::invalid_argument with a text that names the mistake and an
/// example.
rate_rule parse_rate_rule(std::string_view text);

} // namespace gantry::limits
