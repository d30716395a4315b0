// One exchange as an entry of an HTTP Archive (HAR 1.2), without secrets.
#pragma once

#include "recorder/masking.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::recorder {

/// A request that was answered. Its body is beside it.
struct exchange {
  std::chrono::system_clock::time_point began{};
  std::chrono::microseconds duration{0};
  std::string method;
  /// Scheme and authority of the registry: `http://registry:5000`.
  std::string origin;
  /// Path and query.
  std::string target;
  field_list request_fields;
  /// Bytes. The body itself is not recorded.
  std::uint64_t request_body = 0;
  unsigned status = 0;
  field_list response_fields;
};

/// The entry up to the text of the body, which follows as a JSON string: as it is, or in base64.
/// `body_size` in bytes.
std::string render_front(const exchange& seen, std::uint64_t body_size, bool in_base64);
/// What follows the text.
inline constexpr std::string_view entry_back = "}}}";

} // namespace gantry::recorder
