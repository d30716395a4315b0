#include "recorder/upstream.hpp"

#include "http/field_line.hpp"
#include "journal/secrets.hpp"

#include <boost/asio/error.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>

namespace asio = boost::asio;

namespace gantry::recorder {

namespace {

using client::error_code;
using tcp = asio::ip::tcp;

/// Bytes of a body per read.
constexpr std::size_t read_size = 64 * 1024;
/// The registry must accept or send something within this time.
constexpr std::chrono::minutes patience{1};

std::string hex(std::size_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

} // namespace

upstream_site find_upstream(const client::registry_url& url, const client::tls_settings& tls) {
  asio::io_context context{1};
  tcp::resolver resolver{context};
  error_code ec;
  const auto found = resolver.resolve(url.host(), std::to_string(url.port()), ec);
  if (ec || found.empty())
    throw std::runtime_error{url.to_string() + ": " +
                             (ec ? ec.message() : "its name has no address")};
  const auto secured = url.secure() ? client::make_tls(tls) : nullptr;
  upstream_site site{{}, url.to_string(), url.authority()};
  for (const auto& each : found)
    site.addresses.push_back({each.endpoint(), url.host(), url.authority(), secured});
  return site;
}

/// Asks for content without a coding: archives hold it decoded. The server has answered Expect.
field_list forwarded_fields(const http::request_head& head) {
  using field = http::request_head::field;
  const auto connection = head.find(field::connection).value_or("");
  field_list kept;
  head.visit_fields([&](std::string_view name, std::string_view value) {
    for (const auto* own : {"Host", "Expect", "Accept-Encoding"})
      if (journal::is_same_name(name, own))
        return;
    if (!is_hop_by_hop(name, connection))
      kept.emplace_back(name, value);
  });
  kept.emplace_back("Accept-Encoding", "identity");
  return kept;
}

asio::awaitable<void> upstream::exchange(http::request& asked, std::string_view target,
                                         upstream_answer& into, error_code& ec) {
  co_await connect(asked, ec);
  if (!ec)
    co_await send_head(asked, target, ec);
  if (!ec)
    co_await send_body(asked, into, ec);
  // A registry may answer and close before it has read the whole body.
  if (stream_ && !into.is_request_cut) {
    error_code unread;
    do {
      into.fields.clear();
      co_await receive(asked, into, unread);
    } while (!unread && into.head.status / 100 == 1);
    if (!ec || !unread)
      ec = unread;
  }
  if (ec && asked.peer.timed_out())
    ec = asio::error::timed_out;
  stream_.reset();
}

asio::awaitable<void> upstream::connect(http::request& asked, error_code& ec) {
  for (const auto& each : site_.addresses) {
    ec = {};
    stream_ = std::make_unique<client::stream>(context_, each);
    asked.peer.expect_within(patience);
    co_await stream_->connect(ec);
    if (!ec)
      co_return;
  }
  stream_.reset();
}

asio::awaitable<void> upstream::send_head(http::request& asked, std::string_view target,
                                          error_code& ec) {
  head_.assign(asked.head.method()).append(" ").append(target).append(" HTTP/1.1\r\n");
  http::append_field(head_, "Host", site_.authority);
  for (const auto& [name, value] : forwarded_fields(asked.head))
    http::append_field(head_, name, value);
  http::append_field(head_, "Connection", "close");
  if (asked.head.is_chunked())
    http::append_field(head_, "Transfer-Encoding", "chunked");
  else if (const auto length = asked.head.content_length())
    http::append_field(head_, "Content-Length", std::to_string(*length));
  head_.append("\r\n");
  buffers_.emplace_back(head_.data(), head_.size());
  co_await write(asked, ec);
}

asio::awaitable<void> upstream::send_body(http::request& asked, upstream_answer& into,
                                          error_code& ec) {
  if (asked.head.has_body())
    piece_.resize(read_size);
  while (!ec && asked.head.has_body()) {
    const auto got = co_await asked.body.read(piece_);
    if (!got) {
      into.is_request_cut = true;
      ec = asio::error::connection_aborted;
      co_return;
    }
    const auto size = *got;
    if (size == 0 && !asked.head.is_chunked())
      co_return;
    if (asked.head.is_chunked()) {
      head_.assign(hex(size)).append(size == 0 ? "\r\n\r\n" : "\r\n");
      buffers_.emplace_back(head_.data(), head_.size());
    }
    buffers_.emplace_back(piece_.data(), size);
    if (asked.head.is_chunked() && size > 0)
      buffers_.emplace_back("\r\n", 2);
    co_await write(asked, ec);
    if (size == 0)
      co_return;
    into.request_body += size;
    asked.body.restart_clock();
  }
}

asio::awaitable<void> upstream::write(http::request& asked, error_code& ec) {
  asked.peer.expect_within(patience);
  co_await stream_->write(buffers_, ec);
  buffers_.clear();
}

asio::awaitable<void> upstream::receive(http::request& asked, upstream_answer& into,
                                        error_code& ec) {
  client::response_parser parser{into.head, client::body_use::drop, asked.head.is_head(), &into};
  while (!parser.is_done()) {
    if (buffer_.size() > 0) {
      buffer_.consume(parser.put(buffer_.data(), ec));
      if (!ec)
        ec = into.body_failure;
      if (ec || parser.is_done())
        co_return;
    }
    asked.peer.expect_within(patience);
    const auto got = co_await stream_->read_some(buffer_.prepare(read_size), ec);
    buffer_.commit(got);
    if (ec == asio::error::eof && parser.is_header_done()) {
      error_code too_early;
      parser.put_eof(too_early);
      if (!too_early)
        ec = {};
    }
    if (ec)
      co_return;
  }
}

} // namespace gantry::recorder
