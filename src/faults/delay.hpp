// A time to wait, fixed or drawn at random.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace gantry::faults {

/// The longest delay that a fault may ask for.
inline constexpr std::chrono::milliseconds longest_delay = std::chrono::minutes{10};

/// How the times of a delay are distributed.
enum class distribution : std::uint8_t {
  /// Evenly from `least` to `most`: one fixed time if both are equal.
  even,
  /// Around `mean`, with a standard deviation.
  normal,
  /// As the gaps between independent events are: mostly shorter than `mean`, sometimes much longer.
  exponential,
};

/// Times are cut to the range from `least` to `most`.
struct delay_time {
  distribution shape = distribution::even;
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};
  /// Not of the even distribution.
  std::chrono::milliseconds mean{0};
  /// Of the normal distribution.
  std::chrono::milliseconds deviation{0};

  bool operator==(const delay_time&) const = default;
};

/// A number from 0 to below 1. The same seed draws the same numbers on every machine.
double draw(std::mt19937_64& random);
/// A time of the distribution.
std::chrono::milliseconds draw(const delay_time& times, std::mt19937_64& random);

} // namespace gantry::faults
