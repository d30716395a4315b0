// Random numbers that are the same everywhere for the same seed: the standard's distributions
// differ between libraries.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gantry::simulation {

/// SplitMix64.
class dice {
public:
  explicit dice(std::uint64_t seed) noexcept : state_{seed} {}

  std::uint64_t next() noexcept {
    auto z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  /// A number from 0 to `count - 1`.
  std::size_t below(std::size_t count) noexcept { return next() % count; }
  bool chance(unsigned percent) noexcept { return next() % 100 < percent; }

private:
  std::uint64_t state_;
};

/// FNV-1a: two runs are the same if their traces have the same hash.
class trace_hash {
public:
  void add(const void* bytes, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i)
      value_ = (value_ ^ static_cast<const unsigned char*>(bytes)[i]) * 0x100000001B3U;
  }
  void add(std::uint64_t number) noexcept { add(&number, sizeof number); }
  std::uint64_t value() const noexcept { return value_; }

private:
  std::uint64_t value_ = 0xCBF29CE484222325U;
};

} // namespace gantry::simulation
