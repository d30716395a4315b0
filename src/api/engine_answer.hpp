// How the coroutine of a connection waits for an engine.
#pragma once

#include "storage/api/completion.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace gantry::api {

/// Calls `start(completion)` and resumes with the answer, on the executor of the coroutine, which
/// stays busy until then: an engine always answers, and uses what the coroutine lent it.
template <class T, class Start>
boost::asio::awaitable<result<T>> engine_answer(Start start) {
  namespace asio = boost::asio;
  auto here =
    asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
  auto begin = [&start, &here](auto handler) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    start(completion<T>{[resume, here](result<T> outcome) {
      auto run = [resume, outcome = std::move(outcome)]() mutable {
        std::move (*resume)(std::move(outcome));
      };
      asio::post(here, std::move(run));
    }});
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(result<T>)>(
    begin, asio::use_awaitable);
}

} // namespace gantry::api
