// The listening side: each thread accepts on every address, on one port; the connections of each
// thread; and an orderly end.
#pragma once

#include "http/exchange.hpp"
#include "http/runtime.hpp"
#include "telemetry/access_log.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
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

  /// Binds and listens on all of `hosts`, on one port for all of them and every thread; port 0
  /// takes any free one. `::` stands for all IPv4 addresses, too. Returns the port, and tells the
  /// first address to the context. Throws boost::system::system_error. Precondition: there is a
  /// host.
  std::uint16_t listen(const std::vector<boost::asio::ip::address>& hosts, std::uint16_t port);

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
