// Refuses clients that ask too often.
#pragma once

#include "api/exchange.hpp"
#include "http/response.hpp"

#include <optional>

namespace gantry::api {

/// Counts the request for the client's address. Returns a response if it came too soon.
std::optional<http::response> limit_address(exchange& ex);
/// The same for the user who has logged in.
std::optional<http::response> limit_user(exchange& ex);

} // namespace gantry::api
