// The listening sockets of one thread and the connections that they accept.
#pragma once

#include "net/connection_list.hpp"
#include "net/connection_places.hpp"
#include "net/socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace gantry::net {

/// Serves one peer until the connection ends. Must not throw because of anything that a peer does.
using conversation = std::function<boost::asio::awaitable<void>(connection& peer)>;

class networks;
class peer_counts;
class tls_identity;

struct listener_options {
  /// A peer that accepts no bytes for this long is cut off.
  std::chrono::milliseconds send_timeout = std::chrono::seconds{60};
  /// How often deadlines are checked.
  std::chrono::milliseconds watch_interval = std::chrono::seconds{1};
  /// Null: plain TCP. Outlives the listener.
  tls_identity* identity = nullptr;
  /// Null: an address may have any number of connections. Outlives the listener.
  peer_counts* peers = nullptr;
  /// Proxies that begin each connection with a header of the PROXY protocol; null: there is none.
  /// Outlives the listener.
  const networks* proxies = nullptr;
};

/// The constructor, the destructor and `open_connections` are thread-safe; everything else runs on
/// the thread of `context`.
class listener {
public:
  /// Each of `sockets` is bound and listening. `places` outlives the listener.
  listener(boost::asio::io_context& context, std::vector<stream_acceptor> sockets,
           connection_places& places, const listener_options& limits, conversation speak);

  /// Accepts until `stop_accepting`. If descriptors or memory run out, it pauses and retries.
  void start();
  /// Closes the sockets and every idle connection; other connections close after their current
  /// response.
  void stop_accepting();
  /// Cuts off every connection.
  void abort_connections();

  /// The number of live connections and accept loops; thread-safe.
  std::size_t open_connections() const noexcept { return open_; }

private:
  /// A listening socket. Each has its own accept loop.
  struct door {
    stream_acceptor socket;
    boost::asio::steady_timer retry;
    /// The last accept failed and has been logged.
    bool refusing = false;
  };

  boost::asio::awaitable<void> accept_loop(door& from);
  boost::asio::awaitable<void> accept_one(door& from);
  boost::asio::awaitable<void> watch_deadlines();
  static boost::asio::awaitable<void> pause(boost::asio::steady_timer& timer,
                                            std::chrono::milliseconds span);
  void admit(stream_socket socket);

  boost::asio::io_context& context_;
  std::vector<door> doors_;
  boost::asio::steady_timer watch_;
  connection_places& places_;
  const listener_options limits_;
  const conversation speak_;
  /// Shared with `connection_places`.
  std::shared_ptr<connection_list> connections_ = std::make_shared<connection_list>();
  std::atomic<std::size_t> open_{0};
  bool stopping_ = false;
};

} // namespace gantry::net
