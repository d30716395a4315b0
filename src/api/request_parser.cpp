// Turns method and target into an api_request: target → path and query → route → operation.
#include "api/request_parser.hpp"

#include "api/error_table.hpp"
#include "http/target.hpp"

#include <boost/throw_exception.hpp>

#include <stdexcept>
#include <utility>

namespace gantry::api {

namespace {

/// The decoded path, without the prefix. Errors: request_invalid, route_unknown.
result<std::string> read_path(std::string_view encoded, std::string_view prefix) {
  if (!encoded.starts_with('/'))
    return fail(errc::request_invalid, "the target must be a path");
  auto path = lift(http::percent_decode(encoded));
  if (!path)
    return path;
  if (!path->starts_with(prefix))
    return fail(errc::route_unknown, *path);
  path->erase(0, prefix.size());
  if (path->empty())
    return std::string{"/"};
  if (!path->starts_with('/'))
    return fail(errc::route_unknown, encoded);
  if (*path == "/token") // where people expect it
    return std::string{"/v2/_token"};
  return path;
}

std::string allowed_at(const result<std::string>& path, bool steers) {
  const auto matched = path ? match_route(*path, steers) : std::nullopt;
  return matched ? methods_of(matched->first->where) : std::string{all_methods};
}

} // namespace

void throw_exception_from_error(const rejection& refused, const boost::source_location& where) {
  std::string text{to_string(refused.why.code)};
  if (!refused.why.detail.empty())
    text += ": " + refused.why.detail;
  boost::throw_exception(std::runtime_error{text}, where);
}

parsed_request parse_request(std::string_view method, std::string_view target,
                             const parse_options& options) {
  const auto [encoded_path, query_text] = http::split_target(target);
  const auto path = read_path(encoded_path, options.prefix);
  if (method == "OPTIONS")
    return list_methods{allowed_at(path, options.steers)};
  if (!path && !is_allowed(all_methods, method)) // CONNECT's target is not a path
    return rejection{fail(errc::method_not_allowed, method), std::string{all_methods}};
  if (!path)
    return rejection{path.error(), {}};
  const auto matched = match_route(*path, options.steers);
  if (!matched)
    return rejection{fail(errc::route_unknown, *path), {}};
  const auto* asked = find_operation(*matched, method);
  if (!asked)
    return rejection{fail(errc::method_not_allowed, method), methods_of(matched->first->where)};
  const http::query_parameters query{query_text};
  auto request = read_request(*asked, {matched->path, query, options});
  if (!request)
    return rejection{std::move(request).error(), {}};
  return std::move(*request);
}

bool is_control(std::string_view target, std::string_view prefix) {
  const auto path = read_path(http::split_target(target).path, prefix);
  return path && is_control_path(*path);
}

bool is_control_path(std::string_view path) noexcept {
  return path.starts_with("/__") || path == "/mcp" || path.starts_with("/mcp/");
}

} // namespace gantry::api
