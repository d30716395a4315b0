// Reads sizes, durations and counts as people type them. Error messages name the mistake, what is
// allowed, and one valid example.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::config {

/// The smallest and the largest allowed value.
struct bounds {
  std::uint64_t least = 0;
  std::uint64_t most = 1'000'000'000'000'000;
};

/// In bytes: more than any disk has, less than a file offset can hold.
inline constexpr bounds any_size{0, std::uint64_t{4} << 60};

/// 30 years of 365 days; anything longer is a mistake.
inline constexpr std::chrono::milliseconds longest_duration = std::chrono::hours{24 * 365 * 30};

/// `512MiB`, `2GB`, `1024`: a whole number of bytes, with or without a unit; 1 KB is 1024 bytes.
/// Throws std::invalid_argument.
std::uint64_t read_size(std::string_view text, bounds allowed = any_size);

/// `1h`, `10m`, `30s`, `500ms`, `7d`, a sum (`1h30m`), or seconds without a unit (`0.5`). Throws
/// std::invalid_argument.
std::chrono::milliseconds read_duration(std::string_view text, std::chrono::milliseconds least = {},
                                        std::chrono::milliseconds most = longest_duration);

/// A whole number in decimal digits; `example` is a valid one for the message. Throws
/// std::invalid_argument.
std::uint64_t read_count(std::string_view text, bounds allowed, std::uint64_t example);

/// A number from `least` to `most`, with or without a fraction. Throws std::invalid_argument.
double read_decimal(std::string_view text, double least, double most);

/// The inverse of `read_size`, in the largest unit that divides it: `1536MiB`.
std::string render_size(std::uint64_t bytes);
/// The inverse of `read_duration`, in the largest unit that divides it: `90s`.
std::string render_duration(std::chrono::milliseconds span);

} // namespace gantry::config
