// The registry behaves as another one: what a profile makes of requests and responses.
#pragma once

#include "api/exchange.hpp"
#include "api/operations.hpp"
#include "api/requests.hpp"

namespace gantry::api {

/// Hands the request over as the profile lets it pass, and changes the response as it asks. Only
/// operations on content are changed. Precondition: `ex.settings->profile` is set.
answer imitate(exchange& ex, api_request asked, answer (*hand_over)(exchange&, api_request));

} // namespace gantry::api
