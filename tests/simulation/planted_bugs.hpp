// Mistakes for the simulation to find.
#pragma once

#include "simulation/registry.hpp"

#include <cstdint>
#include <vector>

namespace gantry::simulation {

struct planted_bug {
  const char* name;
  plants planted;
  /// A seed shortly before one that finds it, to save the time of those before.
  std::uint64_t first_seed = 1;
};

std::vector<planted_bug> planted_bugs();

} // namespace gantry::simulation
