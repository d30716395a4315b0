// The header by which a proxy says for whom it connects: the PROXY protocol of HAProxy, version 2.
#pragma once

#include "net/proxy_failure.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace gantry::net {

/// Reads a header as its bytes come. It asks for exactly these, so that whatever follows is left to
/// the next reader. A value; not thread-safe.
class proxy_header_reader {
public:
  /// Bytes.
  static constexpr std::size_t max_size = 4096;

  /// Where the next bytes go: at least one, at most those that are missing. Valid until `take`.
  /// Precondition: not complete, and `take` has not failed.
  std::span<std::byte> space();
  /// The first `count` bytes of `space` have come. Errors: `proxy_failure`, as soon as the bytes
  /// cannot become a header.
  void take(std::size_t count, boost::system::error_code& ec);

  bool is_complete() const noexcept { return size_ > 0 && filled_ == size_; }
  /// The client's address. Absent if the proxy names none of TCP: it does not know it (UNSPEC), it
  /// is a socket in the file system (UNIX), or the connection is the proxy's own, such as a check
  /// of health (LOCAL); some proxies also say that instead of the former. Precondition: complete.
  const std::optional<boost::asio::ip::tcp::endpoint>& client() const noexcept { return client_; }

private:
  std::vector<std::byte> bytes_;
  std::size_t filled_ = 0;
  /// Of the whole header; 0 until that is known.
  std::size_t size_ = 0;
  std::optional<boost::asio::ip::tcp::endpoint> client_;
};

} // namespace gantry::net
