// What the table of operations says of a request.
#pragma once

#include "api/operation_table.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

namespace gantry::api {

template <class... Row>
std::variant<typename Row::request...> any_request(const std::tuple<Row...>&);

/// A request of any operation.
using api_request = decltype(any_request(operation_table));

/// In the order of the alternatives of `api_request`.
std::span<const operation> operations() noexcept;
const operation& operation_of(const api_request& request) noexcept;

/// The name of the repository in the path of a request; empty if there is none. Lives as long as
/// the request.
std::string_view repository_of(const api_request& request) noexcept;

/// The tag or digest that a request names; empty if there is none.
std::string content_named_by(const api_request& request);

/// The route that a path matches, and the values of its placeholders.
struct matched_route {
  /// The first of `operations()` that has the route.
  const operation* first;
  placeholders path;
};

/// `path` is decoded. A route with a literal last segment takes precedence over one with a
/// placeholder there. Without `steers`, what steers the registry does not exist. A route has only
/// operations that steer, or none: a test says so.
std::optional<matched_route> match_route(std::string_view path, bool steers = true) noexcept;
/// Null if the route has no such method.
const operation* find_operation(const matched_route& at, std::string_view method) noexcept;
/// Reads a request of one of `operations()`. Errors: those of its readers.
result<api_request> read_request(const operation& asked, const parts& from);

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
