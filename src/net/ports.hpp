// One port for several addresses and threads.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <vector>

namespace gantry::net {

/// For each of `threads`, a listening socket per host, in the order of `hosts`; all have one port.
/// Port 0 takes any free one. `::` stands for all IPv4 addresses, too. A second program on the same
/// port is noticed. Throws boost::system::system_error. Precondition: there is a thread and a host.
std::vector<std::vector<boost::asio::ip::tcp::acceptor>>
listen_on(const std::vector<boost::asio::io_context*>& threads,
          const std::vector<boost::asio::ip::address>& hosts, std::uint16_t port);

} // namespace gantry::net
