// A connection to a registry that authenticates as required.
#pragma once

#include "client/authorizer.hpp"
#include "client/connection.hpp"
#include "client/registry_site.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace gantry::client {

/// Belongs to the thread of its `io_context`; one exchange at a time. The owner calls
/// `check_deadline` regularly.
class registry_connection {
public:
  registry_connection(boost::asio::io_context& context, const registry_site& site,
                      const connection_settings& settings);
  /// A second connection of the same client, on the same thread, which shares the tokens of
  /// `first`. The tokens live as long as either of them.
  registry_connection(boost::asio::io_context& context, const registry_site& site,
                      const connection_settings& settings, const registry_connection& first);

  /// Exchanges as `connection` does; the Authorization of `what` is ignored if the registry wants
  /// one. A response of 401 renews the token and sends the request once more. Errors: those of
  /// `connection::exchange`, no_token.
  boost::asio::awaitable<void> exchange(const request& what, body_use use, response& into,
                                        error_code& ec);
  /// As `connection::cut_off`. Errors: also no_token.
  boost::asio::awaitable<void> cut_off(const request& what, std::uint64_t bytes, error_code& ec);

  /// When the request of the last response was sent: the second one after a 401.
  steady_clock::time_point begun() const noexcept { return connection_.begun(); }

  /// Observes the token fetches of this connection and of those that share its tokens.
  void observe_tokens(authorizer::fetch_observer observer);

  /// What went wrong with the last request to the token server; empty if nothing.
  std::string token_fault() const;

  void check_deadline(steady_clock::time_point now);
  /// Fails the exchange in progress and all later ones with `operation_aborted`.
  void abort();
  bool is_aborted() const noexcept { return connection_.is_aborted(); }

private:
  boost::asio::awaitable<void> exchange_authorized(const request& what, body_use use,
                                                   response& into, error_code& ec);
  boost::asio::awaitable<void> cut_off_authorized(const request& what, std::uint64_t bytes,
                                                  error_code& ec);

  connection connection_;
  /// Null if the registry does not ask for credentials.
  std::shared_ptr<authorizer> authorizer_;
};

} // namespace gantry::client
