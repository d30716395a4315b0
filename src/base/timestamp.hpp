// Points in time as text: RFC 3339, the internet's profile of ISO 8601.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry {

/// Reads `2026-01-31T12:00:00Z`, with up to 9 digits of a fraction, and with an offset such as
/// `+01:00` instead of `Z`. Nothing for other texts, for days that do not exist, and for years
/// before 1970 or after 2200. The fraction is cut to what the clock can hold.
std::optional<std::chrono::system_clock::time_point> parse_timestamp(std::string_view text);

/// Whole seconds since 1970, cut towards that.
constexpr std::int64_t unix_seconds(std::chrono::system_clock::time_point time) noexcept {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}
constexpr std::chrono::system_clock::time_point from_unix_seconds(std::int64_t seconds) noexcept {
  return std::chrono::system_clock::time_point{std::chrono::seconds{seconds}};
}

/// `2026-01-31T12:00:00.123456Z`.
std::string render_timestamp(std::chrono::system_clock::time_point time);

} // namespace gantry
