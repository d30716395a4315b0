// How much a group of repositories may hold.
#pragma once

#include "domain/repository_name.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gantry {

/// What repositories hold: the bytes of the blobs that each of them links and of its manifests, and
/// the number of its tags. A blob counts once for each repository.
struct quota_use {
  std::uint64_t bytes = 0;
  std::uint64_t tags = 0;

  friend bool operator==(const quota_use&, const quota_use&) = default;
};

/// A limit on that. A limit that is absent means unlimited.
struct quota {
  /// Tells it apart from others, in messages and metrics.
  std::string name = {};
  /// This repository and those below it; absent for all.
  std::optional<repository_name> within = {};
  std::optional<std::uint64_t> bytes = {};
  std::optional<std::uint64_t> tags = {};

  friend bool operator==(const quota&, const quota&) = default;
};

} // namespace gantry
