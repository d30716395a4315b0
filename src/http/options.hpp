// The configuration of the HTTP server.
#pragma once

#include "net/networks.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gantry::http {

struct options {
  /// The most bytes of request line and header fields together.
  std::size_t max_head = 32 * 1024;
  /// The most bytes of the request target.
  std::size_t max_target = 8 * 1024;
  /// The most open connections; a further one replaces the one that can best be spared.
  std::size_t max_connections = 20'000;
  /// The most open connections of one address; a further one is reset. Zero for no limit.
  std::size_t max_connections_per_address = 0;
  /// Proxies, which have no such limit.
  net::networks trusted_proxies = {};
  /// These proxies begin each connection with a header of the PROXY protocol, version 2, which says
  /// who the client is.
  bool proxy_protocol = false;

  /// From the first byte of a request to the end of its head.
  std::chrono::milliseconds head_timeout = std::chrono::seconds{15};
  /// Between requests.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds{120};
  /// If connections run out, a body that brings less than `min_body_rate` bytes per second over
  /// this span can be cut.
  std::chrono::milliseconds body_timeout = std::chrono::seconds{30};
  /// A body that brings less over this span than it should over `body_timeout` is always cut.
  /// Longer than the pauses of scanners and relays.
  std::chrono::milliseconds stall_timeout = std::chrono::minutes{15};
  std::uint64_t min_body_rate = 512;
  /// A client that reads nothing of a response for this long is cut.
  std::chrono::milliseconds send_timeout = std::chrono::seconds{60};
  /// The time for requests to finish when the server stops.
  std::chrono::milliseconds drain_timeout = std::chrono::seconds{10};
  /// How often deadlines are checked; zero derives it from the timeouts above.
  std::chrono::milliseconds watch_interval{0};
};

} // namespace gantry::http
