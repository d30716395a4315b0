// The one table of what a client can do, with a row per operation. It answers "is this a write?",
// "which methods does this path have?" and "what must a token allow?".
#pragma once

#include "api/api_request.hpp"
#include "api/route.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gantry::api {

/// What an operation does to the content of the registry.
enum class effect : std::uint8_t {
  none,
  reads,
  writes,
  deletes,
  /// Changes the server, not the content of a repository; a mode that protects content allows it.
  controls,
};

/// What a token must allow (docker's token scopes): `pull`, `push` and `delete` of the repository
/// in the path, or the catalog.
enum class scope : std::uint8_t { none, pull, push, remove, catalog, admin };

struct parts;

/// Makes an alternative of `api_request` from a request line that matches its route and method.
struct request_maker {
  /// Its index in the variant.
  std::size_t alternative;
  result<api_request> (*run)(const parts& from);
};

struct operation {
  /// As logs and metrics show it.
  std::string_view name;
  route where;
  /// Comma-separated and sorted; HEAD accompanies GET.
  std::string_view methods;
  effect does;
  scope needs;
  /// The row of the distribution-spec's table of end-points; empty if there is none.
  std::string_view spec;
  request_maker make;
};

/// In the order of the alternatives of `api_request`.
std::span<const operation> operations() noexcept;
const operation& operation_of(const api_request& request) noexcept;

/// The route that a path matches, and the values of its placeholders.
struct matched_route {
  route where;
  placeholders path;
};

/// `path` is decoded. A route with a literal last segment takes precedence over one with a
/// placeholder there.
std::optional<matched_route> match_route(std::string_view path) noexcept;
/// Null if the route has no such method.
const operation* find_operation(const route& where, std::string_view method) noexcept;

/// The methods of a route's operations that `keeps` accepts, comma-separated and sorted.
std::string methods_if(const route& where, const std::function<bool(const operation&)>& keeps);
/// All methods of a route: "DELETE, GET, HEAD, PUT".
std::string methods_of(const route& where);
/// All methods that any route has.
inline constexpr std::string_view all_methods = "DELETE, GET, HEAD, PATCH, POST, PUT";
/// Whether `methods`, in the format of `methods_of`, contains `method`; case matters (RFC 9110,
/// 9.1).
bool is_allowed(std::string_view methods, std::string_view method) noexcept;

} // namespace gantry::api
