// The address that a server listens on, as people write it.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::app {

struct listen_address {
  boost::asio::ip::address host;
  std::uint16_t port = 0;
};

/// `127.0.0.1:4775`, `[::1]:0`, `localhost:4775`, or `:4775` for every IPv4 interface. Throws
/// std::invalid_argument.
listen_address parse_listen_address(std::string_view text);

std::string to_string(const listen_address& address);

} // namespace gantry::app
