// How handlers reach actors: they find the handle, wake a sleeping repository, and ask with a
// deadline.
#pragma once

#include "api/exchange.hpp"
#include "domain/repository_name.hpp"
#include "runtime/call.hpp"
#include "telemetry/span.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <utility>

namespace gantry::api {

/// What to do if a request names a repository that holds nothing.
enum class absent_repository { refuse, create };

namespace detail {

/// Tells the receiver of a message that leads to a write whose span that will be.
template <class Message>
void hand_on(Message& message, const telemetry::span& asking) {
  if constexpr (requires { message.part_of; })
    message.part_of = asking.context();
}

template <class Reply>
void note(telemetry::span& asking, const result<Reply>& outcome) {
  if (asking && !outcome)
    asking.set("error.type", to_string(outcome.error().code));
}

template <class Actor, class Message>
boost::asio::awaitable<result<runtime::reply_of<Actor, Message>>>
traced_call(exchange& ex, Actor receiver, Message message) {
  telemetry::span asking{ex.span, msg::name_of<Message>()};
  hand_on(message, asking);
  auto outcome = co_await runtime::call(ex.peer, ex.settings->ask_timeout, std::move(receiver),
                                        std::move(message));
  note(asking, outcome);
  co_return outcome;
}

} // namespace detail

/// Sends a request that must be answered within `options::ask_timeout`. In a trace, the call is a
/// span. Errors: those of `runtime::finish_call`.
template <class Actor, class Message>
auto call(exchange& ex, Actor receiver, Message message) {
  if (ex.span)
    return detail::traced_call(ex, std::move(receiver), std::move(message));
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
    telemetry::span asking{ex.span, msg::name_of<Message>()};
    detail::hand_on(message, asking);
    auto asked = runtime::begin_ask(*awake, message);
    auto reply = asked.early();
    if (!reply) {
      auto late = co_await runtime::finish_call(ex.peer, asked);
      reply = std::move(late);
    }
    const auto retry = !*reply && is_receiver_gone(reply->error());
    if (!retry || std::chrono::steady_clock::now() > give_up) {
      auto outcome = from_caf(std::move(*reply));
      detail::note(asking, outcome);
      co_return outcome;
    }
    asking.end();
    awake.reset();
    co_await ex.peer.give_way(); // until the directory has noticed, too
  }
}

} // namespace gantry::api
