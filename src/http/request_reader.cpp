#include "http/request_reader.hpp"

#include "base/secret.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>

namespace gantry::http {

request_reader::request_reader(const head_limits& limits)
  : limits_{std::min(limits.bytes, max_parsable_head), limits.target}, scanner_{limits_.bytes} {}

result<request_reader::progress> request_reader::read(std::string_view bytes) {
  assert(!head_);
  // Once a part of the head has arrived, there is no empty line at the front.
  const auto skipped = empty_lines(bytes);
  bytes.remove_prefix(skipped);
  if (bytes.empty() || bytes == "\r")
    return progress{skipped, false};
  if (!std::exchange(has_begun_, true))
    if (const auto length = read_repeated(bytes))
      return progress{skipped + *length, true};
  const auto length = scanner_.scan(bytes);
  if (!length)
    return length.error();
  if (!*length)
    return progress{skipped, false};
  if (auto parsed = parse(bytes.substr(0, **length)); !parsed)
    return std::move(parsed).error();
  return progress{skipped + **length, true};
}

void request_reader::start_over() {
  head_.reset();
  line_.reset();
  if (!parsed_)
    parser_.reset(); // an idle connection holds little
  scanner_ = head_scanner{limits_.bytes};
  has_begun_ = false;
}

std::optional<std::size_t> request_reader::read_repeated(std::string_view bytes) {
  const auto line_size = bytes.find('\n') + 1; // 0 if there is none
  const auto target_end = bytes.substr(0, line_size).rfind(' ');
  if (!parsed_ || target_end == std::string_view::npos)
    return std::nullopt;
  const auto length = target_end + kept_.size();
  // Behind a proxy, others use this connection: how long it takes must not tell them a token.
  if (length > limits_.bytes || !is_same_secret(bytes.substr(target_end, kept_.size()), kept_))
    return std::nullopt;
  line_.emplace();
  boost::system::error_code ec;
  const auto parsed = line_->put(boost::asio::buffer(bytes.data(), line_size), ec);
  if (ec != boost::beast::http::error::need_more || parsed != line_size)
    return std::nullopt;
  const auto head = parsed_->below(*line_);
  if (!head || head->target().size() > limits_.target)
    return std::nullopt;
  head_ = *head;
  return length;
}

result<void> request_reader::parse(std::string_view text) {
  parsed_.reset();
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
  if (head->target().size() > limits_.target)
    return refuse(refusal_code::target_too_long);
  head_ = *head;
  keep_fields(text);
  return {};
}

void request_reader::keep_fields(std::string_view text) {
  const auto kept = text.substr(text.substr(0, text.find('\n')).rfind(' '));
  if (kept.size() > longest_kept_fields)
    return;
  kept_ = kept;
  parsed_ = head_;
}

} // namespace gantry::http
