// The invariants of a data folder that no process uses: see docs/gc.md and docs/storage-format.md.
#pragma once

#include "simulation/disk.hpp"

#include <optional>
#include <string>

namespace gantry::simulation {

/// Absent if the folder keeps them; otherwise what is wrong. A folder without a database is empty.
std::optional<std::string> inspect(disk& medium);

} // namespace gantry::simulation
