// Hosts with ports, and origins, as requests name them (RFC 3986, 3.2; RFC 6454). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::http {

/// `host[:port]`, without user information.
struct authority {
  /// A name in lower case, an IPv4 address, or an IPv6 address in brackets; empty for none.
  std::string host;
  std::optional<std::uint16_t> port;

  bool operator==(const authority&) const = default;
};

/// Absent if `text` is malformed. An empty host is well-formed, and so is an empty port.
std::optional<authority> parse_authority(std::string_view text);
/// Whether `text` is well-formed. Allocates nothing, because every request needs it.
bool is_authority(std::string_view text) noexcept;

/// An IP address, `localhost` or a name below it: an attacker cannot own such a name.
bool is_local_host(std::string_view host) noexcept;

/// `scheme://host[:port]`, as a browser sends it in Origin.
struct origin {
  /// In lower case.
  std::string scheme;
  /// The port is that of the scheme if none is given.
  authority place;

  bool operator==(const origin&) const = default;
};

/// Absent if `text` is malformed or `null`.
std::optional<origin> parse_origin(std::string_view text);

/// 443 for `https`, 80 for `http`; absent for other schemes.
std::optional<std::uint16_t> default_port(std::string_view scheme) noexcept;

} // namespace gantry::http
