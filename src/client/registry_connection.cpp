#include "client/registry_connection.hpp"

#include <utility>

namespace asio = boost::asio;

namespace gantry::client {

registry_connection::registry_connection(asio::io_context& context, const registry_site& site,
                                         const connection_settings& settings)
  : connection_{context, site.server, settings} {
  if (site.permission.how != access_rules::scheme::none)
    authorizer_ = std::make_shared<authorizer>(context, site.permission,
                                               registry_targets{site.prefix}, settings);
}

registry_connection::registry_connection(asio::io_context& context, const registry_site& site,
                                         const connection_settings& settings,
                                         const registry_connection& first)
  : connection_{context, site.server, settings}, authorizer_{first.authorizer_} {}

// Without an authorizer the awaitable of the connection is passed on, which saves a coroutine
// frame.

asio::awaitable<void> registry_connection::exchange(const request& what, body_use use,
                                                    response& into, error_code& ec) {
  return authorizer_ ? exchange_authorized(what, use, into, ec)
                     : connection_.exchange(what, use, into, ec);
}

asio::awaitable<void> registry_connection::cut_off(const request& what, std::uint64_t bytes,
                                                   error_code& ec) {
  return authorizer_ ? cut_off_authorized(what, bytes, ec) : connection_.cut_off(what, bytes, ec);
}

asio::awaitable<void> registry_connection::exchange_authorized(const request& what, body_use use,
                                                               response& into, error_code& ec) {
  auto sent = what;
  for (bool is_first = true;; is_first = false) {
    const auto authorization = co_await authorizer_->authorize(what.target);
    if (authorization.empty()) {
      ec = no_token;
      co_return;
    }
    sent.authorization = authorization;
    co_await connection_.exchange(sent, use, into, ec);
    const bool is_refused = !ec && into.status == 401;
    if (!is_refused || !is_first ||
        !authorizer_->refused(what.target, authorization, into.challenges))
      co_return;
  }
}

asio::awaitable<void> registry_connection::cut_off_authorized(const request& what,
                                                              std::uint64_t bytes, error_code& ec) {
  const auto authorization = co_await authorizer_->authorize(what.target);
  if (authorization.empty()) {
    ec = no_token;
    co_return;
  }
  auto sent = what;
  sent.authorization = authorization;
  co_await connection_.cut_off(sent, bytes, ec);
}

void registry_connection::observe_tokens(authorizer::fetch_observer observer) {
  if (authorizer_)
    authorizer_->observe(std::move(observer));
}

std::string registry_connection::token_fault() const {
  return authorizer_ ? authorizer_->fault() : std::string{};
}

void registry_connection::check_deadline(steady_clock::time_point now) {
  connection_.check_deadline(now);
  if (authorizer_)
    authorizer_->check_deadline(now);
}

void registry_connection::abort() {
  connection_.abort();
  if (authorizer_)
    authorizer_->abort();
}

} // namespace gantry::client
