// What the HTTP front end is told when it starts.
#pragma once

#include "domain/paging.hpp"
#include "domain/validation.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gantry::http {

struct options {
  validation_policy validation;
  page_limits pages;

  /// In front of every path ("/test"); empty for none.
  std::string prefix;
  /// Locations and Links carry scheme and host instead of the path alone.
  bool absolute_locations = false;
  /// Added to every answer ("X-Content-Type-Options", "nosniff").
  std::vector<std::pair<std::string, std::string>> headers;
  /// Origins whose pages may use the registry from a browser, such as `http://localhost:3000`; `*`
  /// lets all others read. Empty turns CORS off.
  std::vector<std::string> cors_origins{"*"};
  /// Names that lead to this registry and to nothing else, in lower case: besides addresses and
  /// `localhost`, pages under them may change what is here.
  std::vector<std::string> allowed_hosts;

  bool read_only = false;
  bool allow_delete = true;
  bool referrers = true;
  /// Whether the emulator's reset may forget everything.
  bool allow_reset = true;

  /// `OCI-Chunk-Min-Length`; zero sends none.
  std::uint64_t chunk_min_length = 0;

  /// Bytes of request line and header fields together.
  std::size_t max_head = 32 * 1024;
  /// Bytes of the request target.
  std::size_t max_target = 8 * 1024;
  /// Bytes of a manifest.
  std::size_t max_manifest = 4 * 1024 * 1024;
  /// Bytes of bodies, manifests and answers in memory, of all connections together: see
  /// `in_flight`.
  std::size_t max_in_flight = 256 * 1024 * 1024;
  /// Open connections; a further one takes the place of the one that can best be spared.
  std::size_t max_connections = 20'000;

  /// From a request's first byte to the end of its head.
  std::chrono::milliseconds head_timeout = std::chrono::seconds{15};
  /// Between requests.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds{120};
  /// A body that brings less than `min_body_rate` bytes a second over such a span can be cut if
  /// connections are short.
  std::chrono::milliseconds body_timeout = std::chrono::seconds{30};
  /// A body that brings less over a span of this length than it should over `body_timeout` is cut
  /// in any case. Longer than what scanners and relays take to think.
  std::chrono::milliseconds stall_timeout = std::chrono::minutes{15};
  std::uint64_t min_body_rate = 512;
  /// A client that takes nothing of an answer for this long is dropped.
  std::chrono::milliseconds send_timeout = std::chrono::seconds{60};
  /// An actor that has not answered after this long is given up (503).
  std::chrono::milliseconds ask_timeout = std::chrono::seconds{30};
  /// A request that gets none of the bytes in flight for this long is refused (429).
  std::chrono::milliseconds in_flight_timeout = std::chrono::seconds{30};
  /// While requests wait for such bytes, who holds some and moves nothing for this long is cut.
  std::chrono::milliseconds in_flight_patience = std::chrono::seconds{1};
  /// What a stop leaves requests to finish.
  std::chrono::milliseconds drain_timeout = std::chrono::seconds{10};
};

} // namespace gantry::http
