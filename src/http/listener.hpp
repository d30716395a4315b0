// The listening sockets of one thread and the connections that came through them.
#pragma once

#include "http/connection_list.hpp"
#include "http/exchange.hpp"
#include "telemetry/access_log.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace gantry::http {

/// Everything but the constructor, `open_connections` and the destructor runs on the thread of
/// `context`.
class listener {
public:
  /// Each of `sockets` is bound and listens.
  listener(boost::asio::io_context& context, std::vector<boost::asio::ip::tcp::acceptor> sockets,
           server_context& server, telemetry::access_logger* log);

  /// Accepts until `stop_accepting`. Running out of descriptors or memory only makes it pause.
  void start();
  /// Closes the sockets and every idle connection; the others close behind their current answer.
  void stop_accepting();
  /// Cuts every connection.
  void abort_connections();

  /// Connections and loops that are still there; any thread.
  std::size_t open_connections() const noexcept { return open_; }

private:
  /// A socket that connections come through. Each has a loop of its own.
  struct door {
    boost::asio::ip::tcp::acceptor socket;
    boost::asio::steady_timer retry;
    /// The last try to accept failed, and the log says so.
    bool refusing = false;
  };

  boost::asio::awaitable<void> accept_loop(door& from);
  boost::asio::awaitable<void> serve(std::shared_ptr<connection> peer);
  boost::asio::awaitable<void> watch_deadlines();
  static boost::asio::awaitable<void> pause(boost::asio::steady_timer& timer,
                                            std::chrono::milliseconds span);
  void admit(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& context_;
  std::vector<door> doors_;
  boost::asio::steady_timer watch_;
  server_context& server_;
  telemetry::access_logger* log_;
  /// Shared with who asks for room.
  std::shared_ptr<connection_list> connections_ = std::make_shared<connection_list>();
  std::atomic<std::size_t> open_{0};
  bool stopping_ = false;
};

} // namespace gantry::http
