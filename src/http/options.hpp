// What the HTTP server is told when it starts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gantry::http {

struct options {
  /// Bytes of request line and header fields together.
  std::size_t max_head = 32 * 1024;
  /// Bytes of the request target.
  std::size_t max_target = 8 * 1024;
  /// Open connections; a further one takes the place of the one that can best be spared.
  std::size_t max_connections = 20'000;

  /// From the first byte of a request to the end of its head.
  std::chrono::milliseconds head_timeout = std::chrono::seconds{15};
  /// Between requests.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds{120};
  /// A body that brings less than `min_body_rate` bytes per second over such a span can be cut if
  /// connections are short.
  std::chrono::milliseconds body_timeout = std::chrono::seconds{30};
  /// A body that brings less over a span of this length than it should over `body_timeout` is cut
  /// in any case. Longer than the pauses of scanners and relays.
  std::chrono::milliseconds stall_timeout = std::chrono::minutes{15};
  std::uint64_t min_body_rate = 512;
  /// A client that takes nothing of a response for this long is cut.
  std::chrono::milliseconds send_timeout = std::chrono::seconds{60};
  /// What a stop leaves requests to finish.
  std::chrono::milliseconds drain_timeout = std::chrono::seconds{10};
  /// Deadlines are looked at this often; zero derives it from those above.
  std::chrono::milliseconds watch_interval{0};
};

} // namespace gantry::http
