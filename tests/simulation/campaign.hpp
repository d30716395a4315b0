// Runs many histories, and makes one that fails as short as it gets.
#pragma once

#include "simulation/world.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace gantry::simulation {

struct finding {
  history told;
  std::string failure;
};

/// What many histories came to.
struct totals {
  std::uint64_t histories = 0;
  std::uint64_t steps = 0;
  std::uint64_t answered = 0;
  std::uint64_t crashes = 0;
  std::uint64_t losses_of_power = 0;
  std::chrono::milliseconds lasted{0};

  void add(const verdict& one);
};

/// Runs seeds from `first` on, for as long as `go_on` says so, until one fails. With `fits`, only
/// those whose histories are of that kind.
std::optional<finding> search(std::uint64_t first, const std::function<bool()>& go_on,
                              const plants& planted, totals& sum,
                              const std::function<bool(const history&)>& fits = {});

/// Removes operations for as long as the rest fails, in this order of things or in a few others.
finding shrink(finding found, const plants& planted);

} // namespace gantry::simulation
