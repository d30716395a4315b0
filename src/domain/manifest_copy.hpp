// Manifests of one repository, on their way into another.
#pragma once

#include "domain/manifest_write.hpp"
#include "domain/repository_name.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry {

struct manifest_copy {
  /// Has the manifests and what they need at the moment of the write.
  repository_name from;
  /// In any order. What they name is not checked: blobs are linked as far as `from` links them, and
  /// manifests are copied if they are in the list.
  std::vector<manifest_write> manifests;
};

/// What a request did in a repository as one change.
struct change_summary {
  /// The number of the change's first entry in the history; 0 if there was nothing to do.
  std::uint64_t change = 0;
  /// Manifests that are there, or are not, because of it.
  std::size_t manifests = 0;
  /// Tags that were set or removed.
  std::size_t tags = 0;

  bool operator==(const change_summary&) const = default;
};

} // namespace gantry
