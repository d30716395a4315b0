// The reset, for the endpoint and for agents.
#pragma once

#include "api/exchange.hpp"
#include "api/requests.hpp"

#include <boost/asio/awaitable.hpp>

namespace gantry::api {

/// Deletes what the request says, and forgets the pulls there. A reset of everything also forgets
/// what tests have set and seen. Errors: reset_disabled, those of `msg::reset`.
boost::asio::awaitable<result<void>> reset_content(exchange& ex, reset request);

} // namespace gantry::api
