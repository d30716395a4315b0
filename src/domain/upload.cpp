// The rules of one upload's chunks.
#include "domain/upload.hpp"

#include <cassert>

namespace gantry {

result<chunk_grant> upload_progress::begin(const chunk_announcement& chunk) {
  if (open_)
    return fail(errc::upload_busy);
  const auto& range = chunk.range;
  const bool replay = range && range == at_.last_taken && range->last + 1 == at_.offset;
  if (range && !replay && range->first != at_.offset)
    return fail(errc::chunk_out_of_order, upload_range(at_.offset));
  if (range && chunk.length && *chunk.length != range->length())
    return fail(errc::size_invalid, "Content-Length differs from Content-Range");
  if (!replay) {
    if (range && at_.ended_small)
      return fail(errc::chunk_too_small);
    const std::uint64_t announced = range ? range->length() : chunk.length.value_or(0);
    if (limits_.max_size != 0 && announced > limits_.max_size - at_.offset)
      return fail(errc::payload_too_large);
  }
  open_ = true;
  replaying_ = replay;
  chunk_bytes_ = 0;
  current_ = range;
  return replay ? chunk_grant::replay : chunk_grant::append;
}

result<void> upload_progress::append(std::uint64_t bytes) {
  assert(open_);
  if (current_ && bytes > current_->length() - chunk_bytes_)
    return fail(errc::size_invalid, "more bytes than Content-Range announces");
  if (!replaying_) {
    if (limits_.max_size != 0 && bytes > limits_.max_size - at_.offset)
      return fail(errc::payload_too_large);
    at_.offset += bytes;
  }
  chunk_bytes_ += bytes;
  return {};
}

result<void> upload_progress::end(bool complete) {
  assert(open_);
  open_ = false;
  if (!current_)
    return {};
  if (chunk_bytes_ == current_->length()) {
    at_.last_taken = current_;
    at_.ended_small = current_->length() < limits_.min_chunk;
  } else if (complete) {
    return fail(errc::size_invalid, "fewer bytes than Content-Range announces");
  }
  return {};
}

} // namespace gantry
