// Finds the address of a server by its name, and waits for exchanges with it. Blocks the calling
// thread.
#pragma once

#include "client/connection.hpp"
#include "client/registry_url.hpp"
#include "client/stream.hpp"
#include "client/tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace gantry::client {

/// The addresses of a host. Throws std::runtime_error.
boost::asio::ip::tcp::resolver::results_type resolve(const std::string& host, std::uint16_t port);

/// The server of a URL at the first address that accepts a connection within `timeout`, otherwise
/// at the first one: the exchange then reports the error. Throws std::runtime_error if the host or
/// the certificates of `tls` cannot be found.
peer find_peer(const web_url& url, const tls_settings& tls, std::chrono::milliseconds timeout);

/// Runs what was spawned on `context` and uses `over` until it ends or has taken too long.
template <class Connection>
void run_with_deadline(boost::asio::io_context& context, Connection& over) {
  constexpr std::chrono::milliseconds tick{50};
  for (context.run_for(tick); !context.stopped(); context.run_for(tick))
    over.check_deadline(steady_clock::now());
}

} // namespace gantry::client
