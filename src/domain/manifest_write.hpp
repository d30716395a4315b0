// A manifest on its way into a repository, and what the repository lacks of it.
#pragma once

#include "domain/digest.hpp"
#include "domain/history.hpp"
#include "domain/manifest.hpp"
#include "domain/reference.hpp"
#include "domain/validation.hpp"

#include <cstddef>
#include <vector>

namespace gantry {

/// The most missing blobs and children to search for and name: a manifest may reference tens of
/// thousands.
inline constexpr std::size_t max_missing_named = 100;

/// References of a manifest that its repository lacks.
struct missing_references {
  /// Each digest once, at most `max_missing_named`.
  std::vector<digest> named;
  /// The search stopped at the limit: there may be more.
  bool stopped = false;
};

/// A manifest to be stored in a repository.
struct manifest_write {
  manifest_ptr value;
  /// Tags to point to it; other tags are unchanged.
  std::vector<tag> tags = {};
  /// Refuse the write if one of these exists and points to another manifest.
  std::vector<tag> immutable_tags = {};
  /// Refuse the write if it would create a repository beyond this count. 0 = unlimited.
  std::size_t max_repositories = 0;
  /// Whether required blobs and children must be in the repository at the moment of the write
  /// (reject), or the answer lists the missing ones (warn). A child may be a manifest or a blob
  /// because buildkit lists its cache layers as manifests of an index.
  validation_policy::references references = validation_policy::references::accept;
  /// Refuse the write if a required blob is in the repository with a size other than the
  /// manifest's.
  bool check_sizes = false;
  /// Who pushes it.
  changer_ptr by = nullptr;
  /// It comes from another repository: the history calls it a copy.
  bool is_copied = false;
};

} // namespace gantry
