// The body of a request, as a view of memory.
#pragma once

#include <boost/asio/buffer.hpp>

#include <cassert>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gantry::client {

/// Bytes in memory, or a repeated block followed by a tail so that a large body takes little
/// memory, or a part of either. A view: block and tail must outlive it.
class payload {
public:
  payload() = default;
  /// Exactly these bytes.
  explicit payload(std::string_view bytes) : payload{{}, bytes, bytes.size()} {}
  /// `size` bytes: `block` over and over, then `tail`.
  /// Preconditions: `size` ≥ `tail.size()`; `block` is not empty if `size` > `tail.size()`.
  payload(std::string_view block, std::string_view tail, std::uint64_t size)
    : block_{block}, tail_{tail}, whole_{size}, end_{size} {
    assert(size >= tail.size() && (size == tail.size() || !block.empty()));
  }

  std::uint64_t size() const noexcept { return end_ - begin_; }
  /// Precondition: `offset + length` ≤ `size()`.
  payload slice(std::uint64_t offset, std::uint64_t length) const;
  /// Appends the bytes in order, in as few buffers as possible.
  void append_to(std::vector<boost::asio::const_buffer>& buffers) const;

private:
  std::string_view block_;
  std::string_view tail_;
  /// Bytes of the whole body, and the part of it that this is.
  std::uint64_t whole_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
};

} // namespace gantry::client
