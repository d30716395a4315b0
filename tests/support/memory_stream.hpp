// A connection on a stream in memory, and the context that its coroutines run in.
#pragma once

#include "net/connection.hpp"
#include "support/test_transport.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

namespace gantry::test {

struct memory_stream {
  /// Starts `work`, which the connection's deadline cancels.
  void begin(boost::asio::awaitable<void> work) {
    has_ended = false;
    auto ended = [this](std::exception_ptr failure) {
      has_ended = true;
      if (failure)
        std::rethrow_exception(failure);
    };
    boost::asio::co_spawn(context, std::move(work),
                          boost::asio::bind_cancellation_slot(peer.cancellation_slot(), ended));
  }
  /// Runs until nothing is left to do, or everything left waits for the peer.
  void run() {
    context.restart();
    context.poll();
  }
  void complete(boost::asio::awaitable<void> work) {
    begin(std::move(work));
    run();
    BOOST_TEST(has_ended);
  }

  std::shared_ptr<stream_script> script = std::make_shared<stream_script>();
  boost::asio::io_context context{1};
  net::connection peer{std::make_unique<test_transport>(context, script), std::chrono::seconds{10}};
  /// Whether the coroutine begun last has ended.
  bool has_ended = false;
};

} // namespace gantry::test
