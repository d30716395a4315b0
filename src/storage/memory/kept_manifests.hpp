// Manifests that were deleted and can be brought back.
#pragma once

#include "domain/digest.hpp"
#include "domain/manifest.hpp"
#include "domain/time_point.hpp"

#include <unordered_map>

namespace gantry::storage {

struct kept_manifest {
  manifest_ptr value;
  /// When it was deleted.
  time_point removed{};
};

using kept_manifests = std::unordered_map<digest, kept_manifest>;

} // namespace gantry::storage
