// The listening side: one acceptor a thread on one port, the connections of each thread, and an
// orderly end.
#pragma once

#include "http/exchange.hpp"
#include "http/runtime.hpp"
#include "telemetry/access_log.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace gantry::http {

class listener;

/// Used by one thread, which is none of the runtime's. The runtime and the context outlive it.
class server {
public:
  /// `log` may be null.
  server(runtime& threads, server_context& context, telemetry::access_logger* log);
  ~server();

  /// Binds and listens, on the same port for every thread; returns the address bound and tells it
  /// to the context. Throws boost::system::system_error.
  boost::asio::ip::tcp::endpoint listen(boost::asio::ip::tcp::endpoint address);

  /// Stops accepting, closes idle connections, gives requests `options::drain_timeout` to finish,
  /// then cuts what is left. Idempotent.
  void stop();

private:
  runtime& threads_;
  server_context& context_;
  telemetry::access_logger* log_;
  std::vector<std::unique_ptr<listener>> listeners_;
};

} // namespace gantry::http
