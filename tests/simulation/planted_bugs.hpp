// Mistakes for the simulation to find.
#pragma once

#include "simulation/history.hpp"
#include "simulation/registry.hpp"

#include <vector>

namespace gantry::simulation {

struct planted_bug {
  const char* name;
  plants planted;
  /// A kind of history that finds it more often than most. Null: any does.
  bool (*fits)(const history&) = nullptr;
};

std::vector<planted_bug> planted_bugs();

} // namespace gantry::simulation
