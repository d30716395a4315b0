// Binds one port for several addresses and threads.
#pragma once

#include "net/socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <vector>

namespace gantry::net {

/// Connections that may wait to be accepted.
inline constexpr int backlog = 4096;

/// Returns, for each thread, a listening socket per host in the order of `hosts`; all use one port.
/// Port 0 chooses a free port. `::` includes all IPv4 addresses. Fails if another program uses the
/// port. Throws boost::system::system_error. Precondition: at least one thread and one host.
std::vector<std::vector<stream_acceptor>>
listen_on(const std::vector<boost::asio::io_context*>& threads,
          const std::vector<boost::asio::ip::address>& hosts, std::uint16_t port);

/// The port of a socket of TCP.
std::uint16_t port_of(const stream_acceptor& socket);

/// Returns, for each thread, a duplicate of a listening socket; all accept from its queue. Throws
/// boost::system::system_error if it is not a socket, or descriptors have run out.
std::vector<stream_acceptor> share(int listening,
                                   const std::vector<boost::asio::io_context*>& threads);

} // namespace gantry::net
