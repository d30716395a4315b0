// The rules for the chunks of one upload.
#include "domain/upload.hpp"

namespace gantry {

std::string upload_range(std::uint64_t offset) {
  return "0-" + std::to_string(offset == 0 ? 0 : offset - 1);
}

result<chunk_number> upload_progress::begin(const chunk_announcement& chunk, bool may_replace) {
  const auto& range = chunk.range;
  auto next = *this;
  if (open_) {
    if (!may_replace || !range || range->first != at_.offset)
      return fail(errc::upload_busy);
    next.interrupt();
  }
  if (range && range->first != at_.offset)
    return fail(errc::chunk_out_of_order, upload_range(at_.offset));
  if (range && chunk.length && *chunk.length != range->length())
    return fail(errc::size_invalid, "Content-Length differs from Content-Range");
  if (range && next.at_.ended_small)
    return fail(errc::chunk_too_small);
  const std::uint64_t announced = range ? range->length() : chunk.length.value_or(0);
  if (limits_.max_size != 0 && announced > limits_.max_size - at_.offset)
    return fail(errc::payload_too_large);
  next.open_ = true;
  next.chunk_bytes_ = 0;
  next.current_ = range;
  ++next.number_;
  *this = next;
  return number_;
}

result<void> upload_progress::append(chunk_number chunk, std::uint64_t bytes) {
  if (!open_ || chunk != number_)
    return fail(errc::upload_busy);
  if (current_ && bytes > current_->length() - chunk_bytes_)
    return fail(errc::size_invalid, "more bytes than Content-Range announces");
  if (limits_.max_size != 0 && bytes > limits_.max_size - at_.offset)
    return fail(errc::payload_too_large);
  at_.offset += bytes;
  chunk_bytes_ += bytes;
  return {};
}

result<void> upload_progress::end(chunk_number chunk, bool complete) {
  if (!open_ || chunk != number_)
    return fail(errc::upload_busy);
  open_ = false;
  if (!current_)
    return {};
  if (chunk_bytes_ == current_->length())
    at_.ended_small = current_->length() < limits_.min_chunk;
  else if (complete)
    return fail(errc::size_invalid, "fewer bytes than Content-Range announces");
  return {};
}

void upload_progress::interrupt() {
  (void)end(number_, false);
}

} // namespace gantry
