// The routes of the API: which path is which, and what may be done there.
#pragma once

#include <optional>
#include <string_view>

namespace gantry::http {

enum class route {
  root,
  health,
  ready,
  reset,
  emulator_repositories,
  collection,
  base,
  catalog,
  blob,
  uploads,
  upload,
  manifest,
  tags,
  referrers,
};

/// The last enumerator: what holds for every route is tested over `root … last_route`.
inline constexpr route last_route = route::referrers;

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

/// Comma separated and sorted: "DELETE, GET, HEAD, PUT". Empty for a number that is not a route.
std::string_view methods_of(route where) noexcept;
/// The methods that some route has.
inline constexpr std::string_view all_methods = "DELETE, GET, HEAD, PATCH, POST, PUT";
/// Whether a list as of `methods_of` has this method; methods are case-sensitive (RFC 9110, 9.1).
bool is_allowed(std::string_view methods, std::string_view method) noexcept;

} // namespace gantry::http
