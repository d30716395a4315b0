// Clients log in before anything is decided for them.
#pragma once

#include "api/exchange.hpp"
#include "api/operations.hpp"
#include "auth/identity.hpp"
#include "auth/schemes.hpp"
#include "http/response.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace gantry::api {

/// Whether a client must have logged in for this operation; null for a request that names none.
bool needs_login(const exchange& ex, const operation* asked) noexcept;

/// Logs the client in and notes who it is in `ex.who`, or returns the response that refuses it.
/// What Authorization says counts before the certificate of the connection. Without either the
/// client stays anonymous, if the policy allows something to such clients; wrong ones are always
/// refused. `asked` as for `challenge`. Precondition: `can_log_in`.
boost::asio::awaitable<std::optional<http::response>> log_in(exchange& ex,
                                                             const api_request* asked);

/// The same with credentials that did not come with the head.
boost::asio::awaitable<std::optional<http::response>>
log_in_as(exchange& ex, const api_request* asked, auth::credentials who);
/// Notes who the client is.
void introduce(exchange& ex, auth::identity as);

} // namespace gantry::api
