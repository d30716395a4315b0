// Asks an actor under a deadline.
#pragma once

#include "runtime/ask.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <concepts>
#include <utility>

namespace gantry::runtime {

/// Cancels the waiting coroutine at the deadline and reports this until it is reset.
template <class T>
concept deadline = requires(T& timer, std::chrono::milliseconds span) {
  timer.expect_within(span);
  { timer.timed_out() } -> std::convertible_to<bool>;
  timer.forgive_timeout();
};

/// Waits for a reply that was not available immediately. Errors: those of the request, unavailable,
/// timed_out.
template <deadline Deadline, class Reply>
boost::asio::awaitable<caf::expected<Reply>> finish_call(Deadline& timer,
                                                         pending_reply<Reply>& asked) {
  auto answer = co_await asked.wait();
  if (!answer && timer.timed_out()) {
    timer.forgive_timeout();
    co_await boost::asio::this_coro::reset_cancellation_state();
  }
  co_return answer;
}

/// Sends a request that must be answered within `span`. Errors: as `finish_call`.
template <deadline Deadline, class Actor, class Message>
boost::asio::awaitable<result<reply_of<Actor, Message>>>
call(Deadline& timer, std::chrono::milliseconds span, Actor receiver, Message message) {
  timer.expect_within(span);
  auto asked = begin_ask(receiver, std::move(message));
  auto answer = asked.early();
  if (!answer) {
    auto late = co_await finish_call(timer, asked);
    answer = std::move(late);
  }
  co_return from_caf(std::move(*answer));
}

} // namespace gantry::runtime
