#include "http/request_reader.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace gantry::http {

request_reader::request_reader(const head_limits& limits)
  : max_target_{limits.target}, scanner_{std::min(limits.bytes, max_parsable_head)} {}

result<request_reader::progress> request_reader::read(std::string_view bytes) {
  assert(!head_);
  // Once a part of the head has arrived, there is no empty line at the front.
  const auto skipped = empty_lines(bytes);
  bytes.remove_prefix(skipped);
  if (bytes == "\r")
    return progress{skipped, false};
  const auto length = scanner_.scan(bytes);
  if (!length)
    return length.error();
  if (!*length)
    return progress{skipped, false};
  if (auto parsed = parse(bytes.substr(0, **length)); !parsed)
    return std::move(parsed).error();
  return progress{skipped + **length, true};
}

result<void> request_reader::parse(std::string_view text) {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(text.size()));
  parser_->body_limit(boost::none);
  boost::system::error_code ec;
  const auto parsed = parser_->put(boost::asio::buffer(text.data(), text.size()), ec);
  if (ec || parsed != text.size() || !parser_->is_header_done())
    return refuse(refusal_code::malformed);
  auto head = request_head::of(*parser_);
  if (!head)
    return std::move(head).error();
  if (head->target().size() > max_target_)
    return refuse(refusal_code::target_too_long);
  head_ = *head;
  return {};
}

} // namespace gantry::http
