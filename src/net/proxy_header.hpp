// The header by which a proxy says for whom it connects: the PROXY protocol of HAProxy, version 2.
#pragma once

#include "net/proxy_failure.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace gantry::net {

/// What a header says.
struct proxy_header {
  /// A client's connection (PROXY), as opposed to one of the proxy itself (LOCAL), such as a check
  /// of health.
  bool is_for_client = false;
  /// The client's address; absent if the proxy does not know it, or if it is not one of TCP.
  std::optional<boost::asio::ip::tcp::endpoint> client = {};
};

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
  /// Precondition: complete.
  const proxy_header& header() const noexcept { return header_; }

private:
  std::vector<std::byte> bytes_;
  std::size_t filled_ = 0;
  /// Of the whole header; 0 until that is known.
  std::size_t size_ = 0;
  proxy_header header_;
};

} // namespace gantry::net
