// The listening sockets of one thread and the connections that came through them.
#pragma once

#include "net/connection_list.hpp"
#include "net/connection_places.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace gantry::net {

/// Speaks with one peer until the connection is of no more use. Must not throw for anything that a
/// peer does.
using conversation = std::function<boost::asio::awaitable<void>(connection& peer)>;

struct listener_options {
  /// A peer that takes nothing for this long is cut.
  std::chrono::milliseconds send_timeout = std::chrono::seconds{60};
  /// How often deadlines are looked at.
  std::chrono::milliseconds watch_interval = std::chrono::seconds{1};
};

/// Everything but the constructor, `open_connections` and the destructor runs on the thread of
/// `context`.
class listener {
public:
  /// Each of `sockets` is bound and listens. `places` outlives the listener.
  listener(boost::asio::io_context& context, std::vector<boost::asio::ip::tcp::acceptor> sockets,
           connection_places& places, const listener_options& limits, conversation speak);

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
  boost::asio::awaitable<void> accept_one(door& from);
  boost::asio::awaitable<void> watch_deadlines();
  static boost::asio::awaitable<void> pause(boost::asio::steady_timer& timer,
                                            std::chrono::milliseconds span);
  void admit(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& context_;
  std::vector<door> doors_;
  boost::asio::steady_timer watch_;
  connection_places& places_;
  const listener_options limits_;
  const conversation speak_;
  /// Shared with who asks for room.
  std::shared_ptr<connection_list> connections_ = std::make_shared<connection_list>();
  std::atomic<std::size_t> open_{0};
  bool stopping_ = false;
};

} // namespace gantry::net
