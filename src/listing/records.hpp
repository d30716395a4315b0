// The rows of rich lists.
#pragma once

#include "domain/digest.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::listing {

/// How often something was pulled, and when last.
struct pull_summary {
  std::uint64_t count = 0;
  /// Absent: never, as far as it is known.
  std::optional<time_point> last = {};

  bool operator==(const pull_summary&) const = default;
};

struct repository_record {
  repository_name name;
  std::uint64_t tags = 0;
  std::uint64_t manifests = 0;
  /// Of manifests and of the blobs that they name. Own ones are named in no other repository.
  std::uint64_t own_bytes = 0;
  std::uint64_t shared_bytes = 0;
  /// When a tag of it got its manifest last.
  std::optional<time_point> pushed = {};
  /// By tags and by digests.
  pull_summary pulls = {};

  bool operator==(const repository_record&) const = default;
};

/// How many, by artifact type.
using referrer_counts = std::vector<std::pair<std::string, std::uint64_t>>;

struct tag_record {
  tag name;
  digest target;
  std::string media_type = {};
  /// Of the manifest and of all that it names, and that its children name: what a client downloads
  /// for all platforms.
  std::uint64_t size = 0;
  /// Such as `linux/arm64/v8`, sorted.
  std::vector<std::string> platforms = {};
  /// When the tag got its manifest, if that is known, and from which user.
  std::optional<time_point> pushed = {};
  std::string pushed_by = {};
  /// By this tag, and by the digest of the manifest that it has now.
  pull_summary pulls = {};
  /// Sorted by artifact type, the first ten. Signatures that are tags (`sha256-….sig`) count as
  /// well.
  referrer_counts referrers = {};

  bool operator==(const tag_record&) const = default;
};

/// What rules have to know of a tag.
struct visited_tag {
  tag name;
  digest target;
  /// Absent if it is not known.
  std::optional<time_point> pushed = {};
  std::optional<time_point> pulled = {};
};

struct manifest_record {
  repository_name repository;
  digest id;
  std::string media_type = {};
  std::string artifact_type = {};
  /// As that of a tag.
  std::uint64_t size = 0;
  std::vector<std::string> platforms = {};
  /// Those that point to it, sorted; at most `max_tags_shown`.
  std::vector<std::string> tags = {};

  bool operator==(const manifest_record&) const = default;
};

inline constexpr std::size_t max_tags_shown = 100;

} // namespace gantry::listing
