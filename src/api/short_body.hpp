// Reads the short body of a request that steers the registry.
#pragma once

#include "api/exchange.hpp"
#include "domain/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>

namespace gantry::api {

/// The whole body. Errors: payload_too_large (more than `most` bytes), those of the body.
boost::asio::awaitable<result<std::string>> read_short_body(exchange& ex, std::size_t most);

} // namespace gantry::api
