// Parses listening addresses as people write them.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

struct listen_address {
  /// At least one, unless it is a file. `::` includes all IPv4 addresses.
  std::vector<boost::asio::ip::address> hosts;
  std::uint16_t port = 0;
  /// Both families were meant, so one of them is sufficient.
  bool any_family = false;
  /// Both families were meant, but the machine has no IPv6.
  bool lacks_ipv6 = false;
  /// A socket in the file system instead; empty for TCP.
  std::string file = {};
};

/// `127.0.0.1:4775` and `[::1]:0` are single addresses; `localhost:4775` means the loopback
/// addresses of both families, `:4775` all addresses of both. `unix:/run/gantry.sock`, or an
/// absolute path, is a socket in the file system. Throws std::invalid_argument.
listen_address parse_listen_address(std::string_view text);

/// Whether this machine has the address, or any address of its family if it is unspecified.
bool has_address(const boost::asio::ip::address& host);

/// The part of `wanted` that the machine has: only IPv4 if both families are meant and IPv6 is
/// missing. `has` is `has_address`, except in tests.
listen_address available(listen_address wanted,
                         const std::function<bool(const boost::asio::ip::address&)>& has);

/// The address of a listening socket. Throws std::runtime_error if it is not one of TCP or of the
/// file system.
listen_address address_of(int listening);

/// `127.0.0.1:4775 and [::1]:4775`, with a note if IPv6 is missing; `unix:/run/gantry.sock`.
std::string to_string(const listen_address& address);

} // namespace gantry::app
