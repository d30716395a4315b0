#include "client/connection.hpp"

#include "client/response_parser.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

namespace gantry::client {

namespace {

/// Bytes of a body per write to the socket.
constexpr std::uint64_t slice_size = 16 * 1024 * 1024;
/// Bytes per read: most responses fit into the first read; the second buffer is for the rest of
/// larger bodies.
constexpr std::size_t read_size = 4 * 1024;
constexpr std::size_t body_read_size = 256 * 1024;
/// The server may have closed a connection that was idle for this long.
constexpr std::chrono::seconds fresh{1};

void append_field(std::string& head, std::string_view name, std::string_view value) {
  if (!value.empty())
    head.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

connection::connection(asio::io_context& context, peer server, connection_settings settings)
  : stream_{context, std::move(server)}, settings_{std::move(settings)} {}

asio::awaitable<void> connection::exchange(const request& what, body_use use, response& into,
                                           error_code& ec) {
  begin();
  co_await connect(ec);
  if (!ec)
    co_await send(what, what.body.size(), ec);
  if (!ec) {
    do
      co_await receive(what, use, into, ec);
    while (!ec && into.status < 200 && into.status >= 100);
  }
  end(ec);
  if (ec || !into.keep_alive || settings_.reconnect)
    close();
}

asio::awaitable<void> connection::cut_off(const request& what, std::uint64_t bytes,
                                          error_code& ec) {
  begin();
  co_await connect(ec);
  if (!ec)
    co_await send(what, bytes, ec);
  end(ec);
  close();
}

void connection::begin() noexcept {
  timed_out_ = false;
  begun_ = steady_clock::now();
  deadline_ = begun_ + settings_.timeout;
}

void connection::end(error_code& ec) noexcept {
  deadline_ = steady_clock::time_point::max();
  last_use_ = steady_clock::now();
  if (ec && aborted_)
    ec = asio::error::operation_aborted;
  else if (ec && timed_out_)
    ec = asio::error::timed_out;
}

asio::awaitable<void> connection::connect(error_code& ec) {
  const bool was_idle = begun_ - last_use_ >= fresh;
  if (stream_.is_open() && !(was_idle && stream_.has_ended()))
    co_return;
  close();
  if (aborted_) {
    ec = asio::error::operation_aborted;
    co_return;
  }
  co_await stream_.connect(ec);
}

asio::awaitable<void> connection::send(const request& what, std::uint64_t bytes, error_code& ec) {
  write_head(what);
  buffers_.clear();
  buffers_.emplace_back(head_.data(), head_.size());
  std::uint64_t sent = 0;
  do {
    const auto length = std::min(slice_size, bytes - sent);
    what.body.slice(sent, length).append_to(buffers_);
    co_await stream_.write(buffers_, ec);
    sent += length;
    buffers_.clear();
  } while (!ec && sent < bytes);
}

void connection::write_head(const request& what) {
  const auto method = beast_http::to_string(what.method);
  head_.assign(method.data(), method.size()).append(" ").append(what.target);
  head_.append(" HTTP/1.1\r\n");
  append_field(head_, "Host", stream_.server().authority);
  append_field(head_, "User-Agent", settings_.user_agent);
  if (settings_.reconnect)
    append_field(head_, "Connection", "close");
  append_field(head_, "Authorization", what.authorization);
  append_field(head_, "Accept", what.accept);
  append_field(head_, "Content-Type", what.content_type);
  append_field(head_, "Content-Range", what.content_range);
  append_field(head_, "Range", what.range);
  head_.append(what.more_fields);
  if (what.method == beast_http::verb::post || what.method == beast_http::verb::put ||
      what.method == beast_http::verb::patch)
    append_field(head_, "Content-Length", std::to_string(what.body.size()));
  head_.append("\r\n");
}

asio::awaitable<void> connection::receive(const request& what, body_use use, response& into,
                                          error_code& ec) {
  response_parser parser{into, use, what.method == beast_http::verb::head, what.observer};
  while (!parser.is_done()) {
    if (buffer_.size() > 0) {
      buffer_.consume(parser.put(buffer_.data(), ec));
      if (ec || parser.is_done())
        co_return;
    }
    const auto room = parser.is_header_done() ? body_read_size : read_size;
    const auto got = co_await stream_.read_some(buffer_.prepare(room), ec);
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

void connection::check_deadline(steady_clock::time_point now) {
  if (now < deadline_)
    return;
  timed_out_ = true;
  close();
}

void connection::abort() {
  aborted_ = true;
  close();
}

void connection::close() {
  stream_.close();
  buffer_.clear();
}

} // namespace gantry::client
