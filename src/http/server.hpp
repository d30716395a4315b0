// An HTTP server: listeners on every thread, sessions on their connections, and an orderly stop.
#pragma once

#include "http/handler.hpp"
#include "http/options.hpp"
#include "http/session.hpp"
#include "net/connection_places.hpp"
#include "net/peer_counts.hpp"
#include "net/socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gantry::net {
class listener;
class socket_file;
class tls_identity;
} // namespace gantry::net

namespace gantry::http {

/// Used by one thread, which runs none of the contexts. Contexts and handler outlive it.
class server {
public:
  /// Each of `threads` is run by one thread. With an `identity`, which outlives the server, it
  /// speaks TLS.
  server(std::vector<boost::asio::io_context*> threads, options settings, handler& handle,
         net::tls_identity* identity = nullptr);
  ~server();

  /// Binds like `net::listen_on`, beside what is bound already. Connections wait until `start`.
  /// Returns the port. Throws boost::system::system_error. Precondition: not started.
  std::uint16_t bind(const std::vector<boost::asio::ip::address>& hosts, std::uint16_t port);
  /// The same with a socket in the file system, as `net::socket_file` has it.
  void bind(std::string file);
  /// The same with a socket that listens already; it stays open. Precondition: not started.
  void adopt(int listening);
  /// Accepts connections from now on. Precondition: bound, not started.
  void start();

  /// Stops accepting, closes idle connections, gives requests `options::drain_timeout` to finish,
  /// then cuts the remaining connections. Idempotent.
  void stop();

  /// Thread-safe.
  std::size_t open_connections() const noexcept { return places_.taken(); }
  std::size_t most_connections() const noexcept { return settings_.max_connections; }

private:
  void add(std::vector<net::stream_acceptor> one_per_thread);

  std::vector<boost::asio::io_context*> threads_;
  const options settings_;
  handler& handle_;
  net::tls_identity* const identity_;
  std::atomic<bool> draining_{false};
  const session_context sessions_;
  net::connection_places places_;
  net::peer_counts peers_;
  std::vector<std::unique_ptr<net::socket_file>> files_;
  /// For each thread; empty once they listen.
  std::vector<std::vector<net::stream_acceptor>> sockets_;
  std::vector<std::unique_ptr<net::listener>> listeners_;
};

} // namespace gantry::http
