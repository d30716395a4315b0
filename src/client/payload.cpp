#include "client/payload.hpp"

#include <algorithm>
#include <cassert>

namespace gantry::client {

payload payload::slice(std::uint64_t offset, std::uint64_t length) const {
  assert(offset <= size() && length <= size() - offset);
  auto part = *this;
  part.begin_ = begin_ + offset;
  part.end_ = part.begin_ + length;
  return part;
}

void payload::append_to(std::vector<boost::asio::const_buffer>& buffers) const {
  const auto tail_begin = whole_ - tail_.size();
  for (auto at = begin_; at < end_;) {
    const bool in_tail = at >= tail_begin;
    const auto source = in_tail ? tail_ : block_;
    const auto offset = in_tail ? at - tail_begin : at % block_.size();
    const auto left = (in_tail ? end_ : std::min(end_, tail_begin)) - at;
    const auto length = std::min<std::uint64_t>(source.size() - offset, left);
    buffers.emplace_back(source.data() + offset, length);
    at += length;
  }
}

} // namespace gantry::client
