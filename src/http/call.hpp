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

/// Sends a request that must be answered within `options::ask_timeout`.
template <class Actor, class Message>
auto begin_call(exchange& ex, const Actor& receiver, Message message) {
  ex.peer.expect_within(ex.server.settings.ask_timeout);
  return begin_ask(receiver, std::move(message));
}

/// Waits for a reply that was not there at once. Errors: those of the request, unavailable,
/// timed_out.
template <class Reply>
boost::asio::awaitable<caf::expected<Reply>> finish_call(exchange& ex,
                                                         pending_reply<Reply>& asked) {
  auto answer = co_await asked.wait();
  if (!answer && ex.peer.timed_out()) {
    ex.peer.forgive_timeout();
    co_await boost::asio::this_coro::reset_cancellation_state();
  }
  co_return answer;
}

/// Errors: as `finish_call`.
template <class Actor, class Message>
boost::asio::awaitable<result<reply_of<Actor, Message>>> call(exchange& ex, Actor receiver,
                                                              Message message) {
  auto asked = begin_call(ex, receiver, std::move(message));
  auto answer = asked.early();
  if (!answer) {
    auto late = co_await finish_call(ex, asked);
    answer = std::move(late);
  }
  co_return from_caf(std::move(*answer));
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
    auto asked = begin_call(ex, *awake, message);
    auto answer = asked.early();
    if (!answer) {
      auto late = co_await finish_call(ex, asked);
      answer = std::move(late);
    }
    const auto retry = !*answer && is_receiver_gone(answer->error());
    if (!retry || std::chrono::steady_clock::now() > give_up)
      co_return from_caf(std::move(*answer));
    awake.reset();
    co_await ex.peer.give_way(); // the directory has to hear of it, too
  }
}

} // namespace gantry::http
