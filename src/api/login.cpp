#include "api/login.hpp"

#include "api/authorisation.hpp"
#include "api/certificate_login.hpp"
#include "api/proxies.hpp"
#include "api/responses.hpp"
#include "auth/login.hpp"
#include "auth/schemes.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace gantry::api {

namespace {

namespace asio = boost::asio;
using auth::outcome;

response delay(const outcome& found) {
  auto reply = make_error_response(fail(errc::too_many_logins));
  reply.take("Retry-After");
  reply.set("Retry-After", std::to_string(found.wait.count()));
  return reply;
}

/// `begin` has something decided on another thread; continues on that of the connection.
template <class Begin>
asio::awaitable<outcome> decide_elsewhere(Begin begin) {
  auto start = [&begin](auto handler) {
    const auto home = asio::get_associated_executor(handler);
    const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    begin([home, waiting](outcome found) {
      asio::post(home, [waiting, found = std::move(found)]() mutable {
        std::move (*waiting)(std::move(found));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(outcome)>(
    std::move(start), asio::use_awaitable);
}

/// That is short, but others may wait for it, too.
template <class Begin>
asio::awaitable<outcome> decide_in_time(exchange& ex, Begin begin) {
  ex.peer.expect_within(ex.settings->ask_timeout);
  auto found = co_await decide_elsewhere(std::move(begin));
  if (ex.peer.timed_out()) {
    ex.peer.forgive_timeout();
    co_await asio::this_coro::reset_cancellation_state();
  }
  co_return found;
}

bool may_be_anonymous(const exchange& ex) {
  return ex.rules && ex.rules->admits_anonymous();
}

/// A token stands for a password: the certificate that comes with each request needs none.
bool is_for_token(const api_request* asked) {
  return asked && operation_of(*asked).needs == scope::token;
}

/// A token of an anonymous client counts as long as the policy allows such clients something. A new
/// token needs the password: one that buys its successor would never end.
asio::awaitable<std::optional<response>> take_token(exchange& ex, const api_request* asked,
                                                    std::string_view token) {
  if (is_for_token(asked))
    co_return challenge(ex, asked);
  auto& login = *ex.server.login;
  auto found = login.decide_token(token);
  if (!found)
    found = co_await decide_in_time(
      ex, [&](auto done) { login.check_token(std::string{token}, std::move(done)); });
  if (found->is == auth::verdict::delayed)
    co_return delay(*found);
  const auto& owner = found->found;
  const bool is_nameless = owner.who.anonymous && owner.by.of == auth::proof::kind::none;
  if (found->is != auth::verdict::accepted || (is_nameless && !may_be_anonymous(ex)))
    co_return challenge(ex, asked, "invalid_token");
  introduce(ex, std::move(found->found));
  co_return std::nullopt;
}

} // namespace

void introduce(exchange& ex, auth::identity as) {
  ex.who = std::move(as.who);
  ex.proven_by = std::move(as.by);
}

asio::awaitable<std::optional<response>> log_in_as(exchange& ex, const api_request* asked,
                                                   auth::credentials who) {
  const auto address = client_address(ex);
  auto found = ex.server.login->decide(who, address);
  if (!found)
    found = co_await decide_in_time(
      ex, [&](auto done) { ex.server.login->check(who, address, std::move(done)); });
  ++ex.server.logins[static_cast<std::size_t>(found->is)];
  if (found->is != auth::verdict::accepted)
    ex.refused_user = std::move(who.user);
  switch (found->is) {
  case auth::verdict::accepted: introduce(ex, std::move(found->found)); co_return std::nullopt;
  case auth::verdict::refused: co_return challenge(ex, asked);
  case auth::verdict::delayed: co_return delay(*found);
  }
  co_return challenge(ex, asked);
}

bool needs_login(const exchange& ex, const operation* asked) noexcept {
  return can_log_in(ex) && !(asked && (asked->needs == scope::none || asked->needs == scope::form));
}

asio::awaitable<std::optional<response>> log_in(exchange& ex, const api_request* asked) {
  const auto field = ex.head.find(http::request_head::field::authorization);
  if (!field && shows_certificate(ex) && !is_for_token(asked))
    co_return take_certificate(ex, asked);
  if (!field)
    co_return may_be_anonymous(ex) ? std::nullopt : std::optional{challenge(ex, asked)};
  if (!ex.server.login) // no password can be right
    co_return challenge(ex, asked);
  if (const auto token = auth::read_bearer(*field))
    co_return co_await take_token(ex, asked, *token);
  auto who = auth::read_basic(*field);
  if (!who)
    co_return challenge(ex, asked);
  // How anonymous clients of containers/image answer a question for a password.
  if (who->user.empty() && who->password.empty() && may_be_anonymous(ex))
    co_return std::nullopt;
  co_return co_await log_in_as(ex, asked, std::move(*who));
}

} // namespace gantry::api
