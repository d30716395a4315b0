// What a snapshot keeps of one repository.
#pragma once

#include "domain/history.hpp"
#include "domain/manifest.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "storage/memory/blob.hpp"
#include "storage/memory/kept_manifests.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace gantry::storage {

/// Shares manifests and blobs with the repository.
struct saved_repository {
  struct saved_manifest {
    manifest_ptr value;
    std::vector<tag> tags;
  };

  repository_name name;
  std::vector<saved_manifest> manifests;
  /// Those that it links.
  std::vector<std::shared_ptr<const memory_blob>> blobs;
  /// The oldest first.
  std::vector<history_entry> history;
  kept_manifests kept;
};

namespace prices {

/// As if nothing else held the manifests. The blobs have prices of their own.
std::uint64_t of(const saved_repository& saved);

} // namespace prices

} // namespace gantry::storage
