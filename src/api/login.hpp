// Clients log in before anything is decided for them.
#pragma once

#include "api/exchange.hpp"
#include "api/operations.hpp"
#include "auth/schemes.hpp"
#include "http/response.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace gantry::api {

/// Whether a client must have logged in for this operation; null for a request that names none.
bool needs_login(const exchange& ex, const operation* asked) noexcept;

/// What cannot be checked at once: a password that must be hashed, a token whose signature must be
/// verified.
using unchecked = std::variant<auth::credentials, std::string>;

struct begun_login {
  /// Present if `finish_login` must decide.
  std::optional<api::unchecked> unchecked = {};
  /// Otherwise present if the client is refused.
  std::optional<http::response> refusal = {};
  /// Otherwise for how long the same counts again: `auth::outcome`.
  std::chrono::nanoseconds lasts{0};
};

/// Logs the client in as far as that needs no waiting, and notes who it is in `ex.identity`. What
/// Authorization says counts before the certificate of the connection. Without either the client
/// stays anonymous, if the policy allows something to such clients; wrong ones are always refused.
/// `asked` as for `challenge`. Precondition: `can_log_in`.
begun_login begin_login(exchange& ex, const api_request* asked);

/// Does the rest, or returns the response that refuses the client.
boost::asio::awaitable<std::optional<http::response>>
finish_login(exchange& ex, const api_request* asked, unchecked said);

/// The whole login, with credentials that did not come with the head.
boost::asio::awaitable<std::optional<http::response>>
log_in_as(exchange& ex, const api_request* asked, auth::credentials who);

} // namespace gantry::api
