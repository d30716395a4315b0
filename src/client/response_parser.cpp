#include "client/response_parser.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <utility>

namespace beast_http = boost::beast::http;

namespace gantry::client {

namespace {

constexpr std::uint32_t max_head = 64 * 1024;

} // namespace

response_parser::response_parser(response& into, body_use use, bool to_head,
                                 response_observer* observer)
  : into_{into}, observer_{observer}, use_{use}, to_head_{to_head}, head_{into, observer} {
  auto so_far = use == body_use::hash_on ? std::move(into_.hash) : std::nullopt;
  into_ = {};
  into_.hash = std::move(so_far);
  head_.header_limit(max_head);
  head_.body_limit(boost::none);
}

std::size_t response_parser::put(boost::asio::mutable_buffer bytes, error_code& ec) {
  std::size_t used = 0;
  if (framing_ == framing::head) {
    used = head_.put(boost::asio::const_buffer{bytes}, ec);
    if (ec == beast_http::error::need_more)
      ec = {};
    if (ec || !head_.is_header_done())
      return used;
    begin_body(ec);
  }
  if (ec || is_done())
    return used;
  const std::span rest{static_cast<std::byte*>(bytes.data()) + used, bytes.size() - used};
  return used + put_body(rest, ec);
}

void response_parser::put_eof(error_code& ec) {
  if (framing_ == framing::until_end)
    finish();
  else if (!is_done())
    ec = beast_http::error::partial_message;
}

void response_parser::head_parser::on_response_impl(int status, string_view, int, error_code&) {
  into_.status = static_cast<unsigned>(status);
}

void response_parser::head_parser::on_field_impl(beast_http::field name, string_view name_string,
                                                 string_view value, error_code&) {
  using beast_http::field;
  if (observer_)
    observer_->on_field({name_string.data(), name_string.size()}, {value.data(), value.size()});
  if (name == field::location)
    into_.location = value;
  else if (name == field::range)
    into_.range = value;
  else if (name == field::content_range)
    into_.content_range = value;
  else if (name == field::link)
    into_.link = value;
  else if (name == field::www_authenticate)
    into_.challenges.append(into_.challenges.empty() ? "" : ", ")
      .append(value.data(), value.size());
  else if (name == field::unknown && boost::beast::iequals(name_string, "Docker-Content-Digest"))
    into_.content_digest = value;
}

void response_parser::begin_body(error_code& ec) {
  into_.keep_alive = head_.keep_alive();
  if (const auto length = head_.content_length())
    into_.content_length = *length;
  if (use_ == body_use::keep && into_.content_length.value_or(0) > max_kept_body) {
    ec = beast_http::error::body_limit;
    return;
  }
  const auto status = into_.status;
  if (to_head_ || status / 100 == 1 || status == 204 || status == 304) {
    framing_ = framing::done;
    return;
  }
  left_ = into_.content_length.value_or(0);
  if (head_.chunked())
    framing_ = framing::chunks;
  else
    framing_ = into_.content_length ? framing::length : framing::until_end;
  if (use_ == body_use::keep)
    into_.body.reserve(static_cast<std::size_t>(left_));
  // The hash of a whole blob must not contain the body of an error.
  hashes_ = use_ == body_use::hash || (use_ == body_use::hash_on && status == 206);
  if (hashes_ && !into_.hash)
    into_.hash.emplace(digest_algorithm::sha256);
  if (framing_ == framing::length && left_ == 0)
    finish();
}

std::size_t response_parser::put_body(std::span<std::byte> bytes, error_code& ec) {
  if (framing_ == framing::chunks) {
    const auto made = chunks_.decode(bytes, bytes);
    if (!made) {
      ec = beast_http::error::bad_chunk;
      return 0;
    }
    take(bytes.first(made->body), ec);
    if (chunks_.is_done())
      finish();
    return made->consumed;
  }
  if (framing_ == framing::length)
    bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_)));
  take(bytes, ec);
  left_ -= framing_ == framing::length ? bytes.size() : 0;
  if (framing_ == framing::length && left_ == 0)
    finish();
  return bytes.size();
}

void response_parser::take(std::span<const std::byte> bytes, error_code& ec) {
  into_.body_size += bytes.size();
  if (observer_)
    observer_->on_body({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (hashes_)
    into_.hash->update(bytes);
  if (use_ != body_use::keep)
    return;
  if (into_.body_size > max_kept_body)
    ec = beast_http::error::body_limit;
  else
    into_.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void response_parser::finish() {
  framing_ = framing::done;
  if (hashes_)
    into_.body_digest = into_.hash->peek();
}

} // namespace gantry::client
