// Turns method and target into a value. Pure: no socket, no actor, no header.
#pragma once

#include "api/operations.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace gantry::api {

/// Why a request line is rejected.
struct rejection {
  error why;
  /// For method_not_allowed: the methods of the route, as in `list_methods::allow`.
  std::string allow;
};

using parsed_request = boost::system::result<api_request, rejection>;

[[noreturn]] void throw_exception_from_error(const rejection& refused,
                                             const boost::source_location&);

/// `method` as on the request line ("GET"); `target` in origin form, or in absolute form
/// (`http://host/path`), whose authority is dropped. HEAD parses as GET does; the caller omits the
/// body. The path is percent-decoded once; `.` and `..` segments, empty segments, NUL, control
/// characters and invalid UTF-8 are refused, never normalised. Routes are matched from the right,
/// so repositories may be called `tags/list` or `manifests/blobs`. Unknown parameters are ignored;
/// if one is repeated, the first counts. Errors: route_unknown, method_not_allowed, name_invalid,
/// tag_invalid, manifest_unknown (an invalid tag in a request that does not write), digest_invalid,
/// upload_unknown, request_invalid, too_many_tags.
parsed_request parse_request(std::string_view method, std::string_view target,
                             const parse_options& options);

/// Whether the target is one of the registry's controls, even if it is no route: a path that begins
/// with two underscores, or `/mcp`.
bool is_control(std::string_view target, std::string_view prefix);
/// The same for a path that is decoded and has no prefix.
bool is_control_path(std::string_view path) noexcept;

} // namespace gantry::api
