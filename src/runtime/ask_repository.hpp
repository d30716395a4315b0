// Asks repositories without a connection.
#pragma once

#include "actors/errors.hpp"
#include "actors/registry_services.hpp"
#include "domain/repository_name.hpp"
#include "runtime/ask.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace gantry::runtime {

/// Asks an actor. Errors: those of the request, as a domain error.
template <class Actor, class Message>
boost::asio::awaitable<result<reply_of<Actor, Message>>> ask_plainly(Actor receiver,
                                                                     Message message) {
  auto answer = co_await ask(receiver, std::move(message));
  co_return from_caf(std::move(answer));
}

/// Wakes the repository if it sleeps, and asks again for up to `patience` if it falls asleep
/// meanwhile. Errors: those of the request; name_unknown if the repository holds nothing and may
/// not be created.
template <class Message>
boost::asio::awaitable<result<reply_of<repository_actor, Message>>>
ask_repository(registry_services& services, repository_name name, Message message, bool create,
               std::chrono::milliseconds patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  auto awake = services.repositories.find(name);
  for (;;) {
    if (!awake) {
      msg::open_repository wake{name, create};
      auto woken = co_await ask_plainly(services.directory.get(), std::move(wake));
      if (!woken)
        co_return std::move(woken).error();
      awake = std::move(woken->handle);
    }
    auto answer = co_await ask(*awake, message);
    const bool retry = !answer && is_receiver_gone(answer.error());
    if (!retry || std::chrono::steady_clock::now() > give_up)
      co_return from_caf(std::move(answer));
    awake.reset();
    co_await boost::asio::post(boost::asio::use_awaitable); // until the directory has noticed, too
  }
}

} // namespace gantry::runtime
