// How many versions stay.
#pragma once

#include "retention/semantic_version.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace gantry::retention {

inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// Releases: the latest majors, of each of these the latest minors, and of each of these the latest
/// patches.
struct version_limits {
  /// These three are at least 1.
  std::size_t major = unlimited;
  std::size_t minor = unlimited;
  std::size_t patch = unlimited;
  /// The latest prereleases that are newer than the newest release; all are, if there is none.
  std::size_t prereleases = unlimited;

  friend bool operator==(const version_limits&, const version_limits&) = default;
};

/// For each of `versions`, whether it stays; what is absent does not. Equal versions take one place
/// together.
std::vector<bool> kept_versions(const version_limits& limits,
                                std::span<const std::optional<version>> versions);

} // namespace gantry::retention
