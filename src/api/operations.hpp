// THE table of what a client can do: one row per operation. Whatever asks "is this a write?",
// "which methods has this path?" or "what must a token allow?" asks this table.
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
  /// It changes the server, not the content of a repository: a mode that protects content does not
  /// forbid it.
  controls,
};

/// What a token must allow (docker's token scopes): `pull`, `push` and `delete` of the repository
/// in the path, or the catalog.
enum class scope : std::uint8_t { none, pull, push, remove, catalog, admin };

struct parts;

/// Makes an alternative of `api_request` from a request line that has its route and a method of it.
struct request_maker {
  /// Its place in the variant.
  std::size_t alternative;
  result<api_request> (*run)(const parts& from);
};

struct operation {
  /// As it stands in logs and metrics.
  std::string_view name;
  route where;
  /// Comma separated and sorted; HEAD stands beside GET.
  std::string_view methods;
  effect does;
  scope needs;
  /// The row of the distribution-spec's table of end-points; empty for what is not in it.
  std::string_view spec;
  request_maker make;
};

/// In the order of the alternatives of `api_request`.
std::span<const operation> operations() noexcept;
const operation& operation_of(const api_request& request) noexcept;

/// A path that is a route, with what stands in the place of its placeholders.
struct matched_route {
  route where;
  placeholders path;
};

/// `path` is decoded. A route that spells its last segment out comes before one with a placeholder
/// there.
std::optional<matched_route> match_route(std::string_view path) noexcept;
/// Null if the route has no such method.
const operation* find_operation(const route& where, std::string_view method) noexcept;

/// The methods of those operations of a route that `keeps` accepts, comma separated and sorted.
std::string methods_if(const route& where, const std::function<bool(const operation&)>& keeps);
/// All of them: "DELETE, GET, HEAD, PUT".
std::string methods_of(const route& where);
/// The methods that some route has.
inline constexpr std::string_view all_methods = "DELETE, GET, HEAD, PATCH, POST, PUT";
/// Whether a list as of `methods_of` has this method; methods are case-sensitive (RFC 9110, 9.1).
bool is_allowed(std::string_view methods, std::string_view method) noexcept;

} // namespace gantry::api
