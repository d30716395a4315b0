#include "bench/response_parser.hpp"

#include <boost/beast/http/error.hpp>

#include <span>
#include <utility>

namespace http = boost::beast::http;

namespace gantry::bench {

namespace {

constexpr std::uint32_t max_head = 64 * 1024;

} // namespace

response_parser::response_parser(response& into, body_use use, bool to_head)
  : into_{into}, use_{use} {
  auto so_far = use == body_use::hash_on ? std::move(into_.hash) : std::nullopt;
  into_ = {};
  into_.hash = std::move(so_far);
  header_limit(max_head);
  body_limit(boost::none);
  eager(true);
  skip(to_head);
}

void response_parser::on_response_impl(int status, string_view, int, error_code&) {
  into_.status = static_cast<unsigned>(status);
}

void response_parser::on_field_impl(http::field name, string_view name_string, string_view value,
                                    error_code&) {
  if (name == http::field::location)
    into_.location = value;
  else if (name == http::field::range)
    into_.range = value;
  else if (name == http::field::content_range)
    into_.content_range = value;
  else if (name == http::field::link)
    into_.link = value;
  else if (name == http::field::www_authenticate)
    into_.challenges.append(into_.challenges.empty() ? "" : ", ")
      .append(value.data(), value.size());
  else if (name == http::field::unknown &&
           boost::beast::iequals(name_string, "Docker-Content-Digest"))
    into_.content_digest = value;
}

void response_parser::on_header_impl(error_code& ec) {
  into_.keep_alive = keep_alive();
  if (const auto length = content_length())
    into_.content_length = *length;
  if (use_ == body_use::keep && into_.content_length.value_or(0) > max_kept_body)
    ec = http::error::body_limit;
}

void response_parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  if (use_ == body_use::keep)
    into_.body.reserve(static_cast<std::size_t>(length.value_or(0)));
  // Other answers are no part of what is hashed.
  hashes_ = use_ == body_use::hash || (use_ == body_use::hash_on && into_.status == 206);
  if (hashes_ && !into_.hash)
    into_.hash.emplace(digest_algorithm::sha256);
}

std::size_t response_parser::on_body_impl(string_view bytes, error_code& ec) {
  into_.body_size += bytes.size();
  if (hashes_)
    into_.hash->update(std::as_bytes(std::span{bytes.data(), bytes.size()}));
  if (use_ != body_use::keep)
    return bytes.size();
  if (into_.body_size > max_kept_body)
    ec = http::error::body_limit;
  else
    into_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t response_parser::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) {
  return on_body_impl(bytes, ec);
}

void response_parser::on_finish_impl(error_code&) {
  if (hashes_)
    into_.body_digest = into_.hash->peek();
}

} // namespace gantry::bench
