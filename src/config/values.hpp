// Values as people type them: sizes, durations, counts. Each reader says what is wrong with a text,
// what is allowed, and one example that is right.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::config {

/// The smallest and the largest value that an option takes.
struct bounds {
  std::uint64_t least = 0;
  std::uint64_t most = 1'000'000'000'000'000;
};

/// Bytes: more than any disk has, less than a file offset can say.
inline constexpr bounds any_size{0, std::uint64_t{4} << 60};

/// A year has 365 days here: what is longer than that many of them is a mistake.
inline constexpr std::chrono::milliseconds longest_duration = std::chrono::hours{24 * 365 * 30};

/// `512MiB`, `2GB`, `1024`: a whole number of bytes, with a unit or without; 1 KB is 1024 bytes.
/// Throws std::invalid_argument.
std::uint64_t read_size(std::string_view text, bounds allowed = any_size);

/// `1h`, `10m`, `30s`, `500ms`, `7d`, several of them (`1h30m`), or seconds without a unit (`0.5`).
/// Throws std::invalid_argument.
std::chrono::milliseconds read_duration(std::string_view text, std::chrono::milliseconds least = {},
                                        std::chrono::milliseconds most = longest_duration);

/// A whole number in decimal digits; `example` is one that is right. Throws std::invalid_argument.
std::uint64_t read_count(std::string_view text, bounds allowed, std::uint64_t example);

/// A number with a fraction or without, from `least` to `most`. Throws std::invalid_argument.
double read_decimal(std::string_view text, double least, double most);

/// As `read_size` takes it, in the largest unit without a rest: `1536MiB`.
std::string render_size(std::uint64_t bytes);
/// As `read_duration` takes it, in the largest unit without a rest: `90s`.
std::string render_duration(std::chrono::milliseconds span);

} // namespace gantry::config
