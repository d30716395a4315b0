// The images that the tests of `zb` push and pull.
#pragma once

#include "bench/image_source.hpp"
#include "bench/workloads/zb_suite.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace gantry::bench {

/// One image per size, as in `zb`: every push sends the same bytes, to a separate repository.
/// Thread-safe after `provide`.
class zb_content {
public:
  explicit zb_content(std::uint64_t seed) : seed_{seed} {}

  /// Makes the images of all sizes of the test. Not thread-safe.
  void provide(const zb_test& test);
  /// A copy of the image, in a repository named after test, phase and number.
  image make(const zb_test& test, char phase, std::uint64_t number, std::size_t size) const;
  std::uint64_t seed() const noexcept { return seed_; }

private:
  struct sized {
    explicit sized(const image_settings& settings) : source{settings}, made{source.make(0)} {}

    image_source source;
    image made;
  };

  std::uint64_t seed_;
  std::array<std::unique_ptr<sized>, zb_sizes.size()> images_;
};

} // namespace gantry::bench
