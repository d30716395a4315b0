// Ranges of addresses.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::net {

/// An address without a port, with or without the brackets of IPv6. Absent if it is none.
std::optional<boost::asio::ip::address> parse_address(std::string_view text) noexcept;

/// An IPv4 address in IPv6 form, which a socket sees that listens on `::`, as that IPv4 address;
/// others unchanged.
boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

/// What shares a limit of clients: an IPv4 address, or the network of 64 bits of an IPv6 address,
/// because one client has all of that. An IPv4 address in IPv6 form is that IPv4 address. Other
/// texts are unchanged.
std::string client_network(std::string_view address);

/// A set of ranges of addresses. A value; any thread may read it.
class networks {
public:
  /// Contains nothing.
  networks() = default;
  /// Each text is an address (`::1`), a range (`10.0.0.0/8`), or `unix` for clients of sockets in
  /// the file system. Throws std::invalid_argument with a text that names the mistake and an
  /// example.
  explicit networks(const std::vector<std::string>& texts);

  bool empty() const noexcept { return ranges_.empty() && !has_unix_; }
  /// Whether it contains an address without a port: `127.0.0.1`, `::1` or `[::1]`, `unix`. An IPv4
  /// address in IPv6 form is that IPv4 address. False for any other text.
  bool contains(std::string_view address) const noexcept;

private:
  /// All as IPv6: IPv4 addresses lie in ::ffff:0:0/96.
  using bytes = std::array<unsigned char, 16>;
  struct range {
    bytes first;
    /// The number of leading bits that count.
    std::size_t length;
  };

  static range parse(std::string_view text);

  std::vector<range> ranges_;
  bool has_unix_ = false;
};

} // namespace gantry::net
