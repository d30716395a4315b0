// What injected faults do to requests.
#pragma once

#include "api/exchange.hpp"
#include "api/operations.hpp"
#include "http/response.hpp"

#include <optional>

namespace gantry::api {

/// Looks for a fault that hits the request and keeps it in `ex.fault`. Returns a response if the
/// fault answers instead of the handler.
std::optional<http::response> strike(exchange& ex, const api_request& asked);

/// Does to the response what the fault of the exchange asks for. Precondition: there is one.
void apply_fault(const exchange& ex, http::response& reply);

} // namespace gantry::api
