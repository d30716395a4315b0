// What a handler gets: the request, its body, and the server around it.
#pragma once

#include "actors/services.hpp"
#include "http/body_source.hpp"
#include "http/buffer_pool.hpp"
#include "http/connection.hpp"
#include "http/connection_places.hpp"
#include "http/in_flight.hpp"
#include "http/options.hpp"
#include "http/request_head.hpp"

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::http {

/// What all connections of a server share; outlives them.
struct server_context {
  server_context(services& actors, options chosen)
    : registry{actors},
      settings{std::move(chosen)},
      bytes{settings.max_in_flight},
      buffers{bytes.buffers()},
      places{settings.max_connections, settings.body_timeout} {}

  services& registry;
  const options settings;
  in_flight bytes;
  buffer_pool buffers;
  connection_places places;
  /// The address that the server is bound to, `127.0.0.1:4775`.
  std::string address;
  /// Set when the server stops: no more requests on open connections.
  std::atomic<bool> draining{false};
};

/// One request on its connection; lives while its handler runs.
struct exchange {
  server_context& server;
  connection& peer;
  const request_head& head;
  body_source& body;
};

/// A Location or Link to `path` ("/v2/…", without the prefix): the path alone, or with scheme and
/// host where the configuration wants it (X-Forwarded-Proto and -Host, Forwarded, Host; each only
/// if it is well formed).
std::string link_to(const exchange& ex, std::string_view path);

} // namespace gantry::http
