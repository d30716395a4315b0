// From a parsed request to its handler, past the guards that every change has to pass.
#pragma once

#include "http/api_request.hpp"
#include "http/handlers/handlers.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::http {

/// Why `request` may not be done in the mode that the server runs in; absent where it may. The
/// emulator's reset is no change of content that a mode forbids.
std::optional<errc> refuse_by_mode(const api_request& request, const options& mode);

/// What is left of the comma separated `methods` of a route in that mode.
std::string methods_in_mode(std::string_view methods, const options& mode);

/// Parses the request line and answers it.
answer dispatch(exchange& ex);

} // namespace gantry::http
