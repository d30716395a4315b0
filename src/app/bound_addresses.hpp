// The addresses of a registry: those that are configured, or those of sockets that it is given.
#pragma once

#include "app/listen_address.hpp"
#include "http/server.hpp"

#include <string>
#include <vector>

namespace gantry::app {

/// Whether it is not a socket in the file system.
bool is_tcp(const listen_address& address);

/// What this machine has of each text. Throws std::invalid_argument.
std::vector<listen_address> parse_addresses(const std::vector<std::string>& texts);
/// The addresses of sockets that listen already. Throws std::runtime_error.
std::vector<listen_address> addresses_of(const std::vector<int>& sockets);

/// Binds an address and sets its port. Throws std::runtime_error, naming the address.
void bind(http::server& server, listen_address& address);

/// What links name if a client does not say how it reached the registry. Precondition: bound.
std::string first_address(const std::vector<listen_address>& bound);

} // namespace gantry::app
