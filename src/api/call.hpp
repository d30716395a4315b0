// How handlers reach actors: they find the handle, wake a sleeping repository, and ask with a
// deadline.
#pragma once

#include "api/exchange.hpp"
#include "domain/repository_name.hpp"
#include "runtime/call.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <utility>

namespace gantry::api {

/// What to do if a request names a repository that holds nothing.
enum class absent_repository { refuse, create };

/// Sends a request that must be answered within `options::ask_timeout`. Errors: those of
/// `runtime::finish_call`.
template <class Actor, class Message>
auto call(exchange& ex, Actor receiver, Message message) {
  return runtime::call(ex.peer, ex.settings->ask_timeout, std::move(receiver), std::move(message));
}

/// Asks the actor of a repository; the directory wakes it if it sleeps. If the actor falls asleep
/// between look-up and request, the request goes to its successor. Errors: those of the request;
/// name_unknown if the repository holds nothing and may not be created.
template <class Message>
boost::asio::awaitable<result<runtime::reply_of<repository_actor, Message>>>
call_repository(exchange& ex, const repository_name& name, Message message,
                absent_repository absent = absent_repository::refuse) {
  auto& services = ex.server.services;
  const auto give_up = std::chrono::steady_clock::now() + ex.settings->ask_timeout;
  auto awake = services.repositories.find(name);
  for (;;) {
    if (!awake) {
      msg::open_repository wake{name, absent == absent_repository::create};
      auto woken = co_await call(ex, services.directory.get(), std::move(wake));
      if (!woken)
        co_return std::move(woken).error();
      awake = std::move(woken->handle);
    }
    ex.peer.expect_within(ex.settings->ask_timeout);
    auto asked = runtime::begin_ask(*awake, message);
    auto reply = asked.early();
    if (!reply) {
      auto late = co_await runtime::finish_call(ex.peer, asked);
      reply = std::move(late);
    }
    const auto retry = !*reply && is_receiver_gone(reply->error());
    if (!retry || std::chrono::steady_clock::now() > give_up)
      co_return from_caf(std::move(*reply));
    awake.reset();
    co_await ex.peer.give_way(); // until the directory has noticed, too
  }
}

} // namespace gantry::api
