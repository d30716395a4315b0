// Reproducible random numbers.
#pragma once

#include <cstdint>

namespace gantry::bench {

/// A pseudo-random number that depends only on its arguments (SplitMix64): a seed, the number of an
/// image, and which of the image's random numbers it is.
constexpr std::uint64_t seeded_random(std::uint64_t seed, std::uint64_t number,
                                      std::uint64_t which = 0) noexcept {
  const auto mix = [](std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
  };
  return mix(mix(mix(seed) + number) + which);
}

} // namespace gantry::bench
