// The routes of the API: which path is which.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry::api {

enum class route : std::uint8_t {
  root,
  health,
  ready,
  reset,
  emulator_repositories,
  garbage_collection,
  base,
  catalog,
  blob,
  uploads,
  upload,
  manifest,
  tags,
  referrers,
  /// No path of its own: what is possible on each.
  anywhere,
};

/// A route with the texts that its placeholders matched: slices of the path.
struct matched_route {
  route where;
  /// `<name>`, for the routes inside of a repository.
  std::string_view name{};
  /// `<digest>`, `<reference>` or the id of an upload.
  std::string_view last{};
};

/// `path` is decoded. The fixed words are looked for from the right and the name is the rest, so
/// that repositories may be called `tags/list` or `manifests/blobs`.
std::optional<matched_route> match_route(std::string_view path) noexcept;

} // namespace gantry::api
