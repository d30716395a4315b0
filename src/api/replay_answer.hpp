// Answers requests from a recorded session.
#pragma once

#include "api/exchange.hpp"
#include "api/requests.hpp"

namespace gantry::api {

/// Whether a recorded session answers the request: there is one, and the path is that of a registry
/// (`/v2/…`), not of this program.
bool is_replayed(const exchange& ex);

/// Reads and drops the body of the request, then answers as recorded: 501 if no recorded request
/// matches, with the one that was expected. Precondition: `is_replayed`.
answer replay(exchange& ex);

} // namespace gantry::api
