// Why a header of the PROXY protocol is refused.
#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>

namespace gantry::net {

/// Why bytes are no header of version 2.
enum class proxy_failure : std::uint8_t {
  /// They begin otherwise.
  no_header = 1,
  /// They are a header of version 1, which is a text.
  version_1,
  unknown_version,
  unknown_command,
  /// Of an address family that does not exist, or of datagrams.
  unknown_family,
  /// More than `proxy_header_reader::max_size` bytes.
  too_long,
  /// Fewer bytes than the addresses of its family have.
  too_short,
  /// A further field goes beyond the end, or one that may occur once is repeated.
  bad_field,
  bad_checksum,
};

boost::system::error_code make_error_code(proxy_failure why) noexcept;
/// Whether the error is one of those above.
bool is_proxy_failure(const boost::system::error_code& failure) noexcept;

} // namespace gantry::net
