// Makes the described content and stores it.
#pragma once

#include "storage/api/engine.hpp"
#include "synthesis/description.hpp"
#include "synthesis/layer.hpp"

#include <map>

namespace gantry::synthesis {

/// Not thread-safe.
class synthesizer {
public:
  explicit synthesizer(description of) : description_{std::move(of)} {}

  /// Stores everything. The same description gives the same digests, on every machine and each
  /// time; only the first time it computes those of large layers. Broken content passes the checks
  /// because the engine has none: only front ends check. Blocks; no other thread may write to the
  /// engine meanwhile. Throws std::runtime_error (transfer::engine_full if the engine is full).
  void store(storage_engine& engine);

private:
  description description_;
  /// Of large layers that were made before.
  std::map<layer_recipe, layer_facts> known_;
};

} // namespace gantry::synthesis
