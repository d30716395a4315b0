// Where a server listens, as people write it.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

struct listen_address {
  /// At least one. `::` stands for all IPv4 addresses, too.
  std::vector<boost::asio::ip::address> hosts;
  std::uint16_t port = 0;
  /// The words mean both families, so that one of them is enough.
  bool any_family = false;
  /// Both were meant, and the machine has no IPv6.
  bool lacks_ipv6 = false;
};

/// `127.0.0.1:4775` and `[::1]:0` are one address; `localhost:4775` is the loopback address of both
/// families, and `:4775` every address of both. Throws std::invalid_argument.
listen_address parse_listen_address(std::string_view text);

/// Whether this machine has the address, or any of its family if it is unspecified.
bool has_address(const boost::asio::ip::address& host);

/// What of `wanted` the machine has: IPv4 alone if both families are meant and IPv6 is absent.
/// `has` is `has_address`, but for tests.
listen_address available(listen_address wanted,
                         const std::function<bool(const boost::asio::ip::address&)>& has);

/// `127.0.0.1:4775 and [::1]:4775`, with a word about IPv6 if it is lacking.
std::string to_string(const listen_address& address);

} // namespace gantry::app
