// Waits for requests to be recorded, without blocking a thread.
#pragma once

#include "api/exchange.hpp"
#include "journal/filter.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gantry::api {

enum class wait_end : std::uint8_t {
  /// As many requests as wanted have been recorded.
  reached,
  timed_out,
  /// The server is stopping, or the client is gone.
  interrupted,
};

/// Waits on the connection's thread until `count` matching requests have been recorded, including
/// those that the journal holds now. `server` and `peer` outlive the coroutine.
boost::asio::awaitable<wait_end> wait_for_requests(context& server, net::connection& peer,
                                                   journal::filter which, std::size_t count,
                                                   std::chrono::milliseconds timeout);

} // namespace gantry::api
