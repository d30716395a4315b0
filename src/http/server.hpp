// An HTTP server: listeners on every thread, sessions on their connections, and an orderly stop.
#pragma once

#include "http/handler.hpp"
#include "http/options.hpp"
#include "http/session.hpp"
#include "net/connection_places.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace gantry::net {
class listener;
} // namespace gantry::net

namespace gantry::http {

/// Used by one thread, which runs none of the contexts. Contexts and handler outlive it.
class server {
public:
  /// Each of `threads` is run by one thread.
  server(std::vector<boost::asio::io_context*> threads, options settings, handler& handle);
  ~server();

  /// Binds like `net::listen_on`. Nothing is accepted before `start`. Returns the port. Throws
  /// boost::system::system_error.
  std::uint16_t bind(const std::vector<boost::asio::ip::address>& hosts, std::uint16_t port);
  /// Accepts connections from now on. Precondition: bound.
  void start();

  /// Stops accepting, closes idle connections, gives requests `options::drain_timeout` to finish,
  /// then cuts the remaining connections. Idempotent.
  void stop();

  /// Thread-safe.
  std::size_t open_connections() const noexcept { return places_.taken(); }
  std::size_t most_connections() const noexcept { return settings_.max_connections; }

private:
  std::vector<boost::asio::io_context*> threads_;
  const options settings_;
  handler& handle_;
  std::atomic<bool> draining_{false};
  const session_context sessions_;
  net::connection_places places_;
  std::vector<std::unique_ptr<net::listener>> listeners_;
};

} // namespace gantry::http
