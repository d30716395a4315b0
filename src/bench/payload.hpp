// Bytes to send that lie in memory once, however many of them there are.
#pragma once

#include <boost/asio/buffer.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace gantry::bench {

/// A block, repeated, and a tail behind it; or a part of that. A view: the block and the tail
/// outlive it.
class payload {
public:
  payload() = default;
  /// These bytes, as they are.
  explicit payload(std::string_view bytes) : payload{{}, bytes, bytes.size()} {}
  /// `size` bytes, the last of which are `tail`; in front of it `block` over and over.
  /// Preconditions: `size` ≥ `tail.size()`; `block` is not empty where `size` is larger.
  payload(std::string_view block, std::string_view tail, std::uint64_t size)
    : block_{block}, tail_{tail}, whole_{size}, end_{size} {}

  std::uint64_t size() const noexcept { return end_ - begin_; }
  /// Precondition: `offset + length` ≤ `size()`.
  payload slice(std::uint64_t offset, std::uint64_t length) const;
  /// The bytes in order, as few buffers as they lie in.
  void append_to(std::vector<boost::asio::const_buffer>& buffers) const;

private:
  std::string_view block_;
  std::string_view tail_;
  std::uint64_t whole_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
};

} // namespace gantry::bench
