#include "api/login.hpp"

#include "api/authorisation.hpp"
#include "api/certificate_login.hpp"
#include "api/proxies.hpp"
#include "api/responses.hpp"
#include "api/standing_login.hpp"
#include "auth/login.hpp"
#include "auth/schemes.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
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

/// Notes who the client is, or refuses it. A token of an anonymous client counts as long as the
/// policy allows such clients something.
std::optional<response> settle_token(exchange& ex, const api_request* asked, const outcome& found) {
  if (found.is == auth::verdict::delayed)
    return delay(found);
  if (found.is != auth::verdict::accepted)
    return challenge(ex, asked, "invalid_token");
  const auto& [who, by] = *found.found;
  if (who.anonymous && by.of == auth::proof::kind::none && !may_be_anonymous(ex))
    return challenge(ex, asked, "invalid_token");
  ex.identity = found.found;
  return std::nullopt;
}

std::optional<response> settle_password(exchange& ex, const api_request* asked, std::string user,
                                        const outcome& found) {
  ex.server.count_login(found.is);
  if (found.is == auth::verdict::accepted) {
    ex.identity = found.found;
    return std::nullopt;
  }
  ex.refused_user = std::move(user);
  return found.is == auth::verdict::delayed ? delay(found) : challenge(ex, asked);
}

/// A new token needs the password: one that buys its successor would never end.
begun_login begin_with_token(exchange& ex, const api_request* asked, std::string_view token) {
  if (is_for_token(asked))
    return {.refusal = challenge(ex, asked)};
  auto found = ex.server.login->decide_token(token);
  if (!found)
    return {.unchecked = std::string{token}};
  return {.refusal = settle_token(ex, asked, *found), .lasts = found->lasts};
}

begun_login begin_with_password(exchange& ex, const api_request* asked, auth::credentials who) {
  auto found = ex.server.login->decide(who, client_address(ex));
  if (!found)
    return {.unchecked = std::move(who)};
  return {.refusal = settle_password(ex, asked, std::move(who.user), *found),
          .lasts = found->lasts};
}

begun_login begin_with(exchange& ex, const api_request* asked, std::string_view field) {
  if (const auto token = auth::read_bearer(field))
    return begin_with_token(ex, asked, *token);
  auto who = auth::read_basic(field);
  if (!who)
    return {.refusal = challenge(ex, asked)};
  // How anonymous clients of containers/image answer a question for a password.
  if (who->user.empty() && who->password.empty() && may_be_anonymous(ex))
    return {};
  return begin_with_password(ex, asked, std::move(*who));
}

asio::awaitable<std::optional<response>> finish(exchange& ex, const api_request* asked,
                                                std::string token) {
  auto found = co_await decide_in_time(
    ex, [&](auto done) { ex.server.login->check_token(std::move(token), std::move(done)); });
  co_return settle_token(ex, asked, found);
}

asio::awaitable<std::optional<response>> finish(exchange& ex, const api_request* asked,
                                                auth::credentials who) {
  auto user = who.user;
  auto found = co_await decide_in_time(ex, [&](auto done) {
    ex.server.login->check(std::move(who), client_address(ex), std::move(done));
  });
  co_return settle_password(ex, asked, std::move(user), found);
}

} // namespace

bool needs_login(const exchange& ex, const operation* asked) noexcept {
  return can_log_in(ex) && !(asked && (asked->needs == scope::none || asked->needs == scope::form));
}

begun_login begin_login(exchange& ex, const api_request* asked) {
  const auto field = ex.head.find(http::request_head::field::authorization);
  if (!field && shows_certificate(ex) && !is_for_token(asked))
    return {.refusal = take_certificate(ex, asked)};
  if (!field)
    return may_be_anonymous(ex) ? begun_login{} : begun_login{.refusal = challenge(ex, asked)};
  if (!ex.server.login) // no password can be right
    return {.refusal = challenge(ex, asked)};
  // Not all that log in may buy tokens: that is decided each time.
  if (is_for_token(asked))
    return begin_with(ex, asked, *field);
  const auto generation = ex.server.login->generation();
  if (const auto* const same = repeated_login(ex.peer, *field, generation)) {
    if (same->by_password)
      ex.server.count_login(auth::verdict::accepted);
    // The connection owns it: threads would contend for a count of owners.
    ex.identity = {auth::identity_ptr{}, same->owner.get()};
    return {};
  }
  auto begun = begin_with(ex, asked, *field);
  // Whether an anonymous client is let in is decided each time, too: the policy may have changed.
  if (!begun.refusal && !begun.unchecked && !ex.who().anonymous)
    keep_login(ex.peer, *field, ex.identity, generation, begun.lasts);
  return begun;
}

asio::awaitable<std::optional<response>> finish_login(exchange& ex, const api_request* asked,
                                                      unchecked said) {
  return std::visit(
    [&](auto&& each) { return finish(ex, asked, std::forward<decltype(each)>(each)); },
    std::move(said));
}

asio::awaitable<std::optional<response>> log_in_as(exchange& ex, const api_request* asked,
                                                   auth::credentials who) {
  auto begun = begin_with_password(ex, asked, std::move(who));
  if (begun.unchecked)
    co_return co_await finish_login(ex, asked, std::move(*begun.unchecked));
  co_return std::move(begun.refusal);
}

} // namespace gantry::api
