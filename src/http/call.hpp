// How handlers reach actors: finding the handle, asking with a deadline, and waking a repository
// that sleeps.
#pragma once

#include "domain/repository_name.hpp"
#include "http/ask.hpp"
#include "http/exchange.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <utility>

namespace gantry::http {

/// Whether a repository that holds nothing may be woken for the request.
enum class absent_repository { refuse, create };

/// Errors: those of the request, unavailable, timed_out (after `options::ask_timeout`).
template <class Actor, class Message>
boost::asio::awaitable<caf::expected<reply_of<Actor, Message>>>
call_raw(exchange& ex, Actor receiver, Message message) {
  ex.peer.expect_within(ex.server.settings.ask_timeout);
  auto answer = co_await ask(receiver, std::move(message));
  if (!answer && ex.peer.timed_out()) {
    ex.peer.forgive_timeout();
    co_await boost::asio::this_coro::reset_cancellation_state();
  }
  co_return answer;
}

/// As `call_raw`, with this project's errors.
template <class Actor, class Message>
boost::asio::awaitable<result<reply_of<Actor, Message>>> call(exchange& ex, Actor receiver,
                                                              Message message) {
  auto answer = co_await call_raw(ex, std::move(receiver), std::move(message));
  co_return from_caf(std::move(answer));
}

/// Asks the actor of a repository; the directory wakes one that sleeps. One that falls asleep
/// between look-up and request never sees the request, which goes to its successor then. Errors:
/// those of the request; name_unknown where the repository holds nothing and is not to be created.
template <class Message>
boost::asio::awaitable<result<reply_of<repository_actor, Message>>>
call_repository(exchange& ex, const repository_name& name, Message message,
                absent_repository absent = absent_repository::refuse) {
  auto& registry = ex.server.registry;
  const auto give_up = std::chrono::steady_clock::now() + ex.server.settings.ask_timeout;
  auto awake = registry.repositories.find(name);
  for (;;) {
    if (!awake) {
      msg::open_repository wake{name, absent == absent_repository::create};
      auto woken = co_await call(ex, registry.directory.get(), std::move(wake));
      if (!woken)
        co_return std::move(woken).error();
      awake = std::move(woken->handle);
    }
    auto answer = co_await call_raw(ex, std::move(*awake), message);
    const auto retry = !answer && is_receiver_gone(answer.error());
    if (!retry || std::chrono::steady_clock::now() > give_up)
      co_return from_caf(std::move(answer));
    awake.reset();
  }
}

} // namespace gantry::http
