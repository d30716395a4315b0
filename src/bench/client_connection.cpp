#include "bench/client_connection.hpp"

#include "bench/response_parser.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

namespace gantry::bench {

namespace {

/// Bytes of a body that are handed to the socket at a time.
constexpr std::uint64_t slice_size = 16 * 1024 * 1024;
/// Room for a read: most answers are smaller; a body that is larger is read in pieces of the
/// second.
constexpr std::size_t read_size = 4 * 1024;
constexpr std::size_t body_read_size = 256 * 1024;
/// A connection that was not used for so long may have been closed by its peer.
constexpr std::chrono::seconds fresh{1};

void append_field(std::string& head, std::string_view name, std::string_view value) {
  if (!value.empty())
    head.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

client_connection::client_connection(asio::io_context& context, peer other,
                                     std::chrono::milliseconds timeout)
  : wire_{context, std::move(other)}, timeout_{timeout} {}

asio::awaitable<void> client_connection::exchange(const request& what, body_use use,
                                                  response& answer, error_code& ec) {
  begin();
  const bool to_head = what.method == beast_http::verb::head;
  co_await connect(ec);
  if (!ec)
    co_await send(what, what.body.size(), ec);
  if (!ec) {
    do
      co_await receive(use, to_head, answer, ec);
    while (!ec && answer.status < 200 && answer.status >= 100);
  }
  end(ec);
  if (ec || !answer.keep_alive)
    close();
}

asio::awaitable<void> client_connection::cut_off(const request& what, std::uint64_t bytes,
                                                 error_code& ec) {
  begin();
  co_await connect(ec);
  if (!ec)
    co_await send(what, bytes, ec);
  end(ec);
  close();
}

void client_connection::begin() noexcept {
  timed_out_ = false;
  deadline_ = steady_clock::now() + timeout_;
}

void client_connection::end(error_code& ec) noexcept {
  deadline_ = steady_clock::time_point::max();
  last_use_ = steady_clock::now();
  if (ec && aborted_)
    ec = asio::error::operation_aborted;
  else if (ec && timed_out_)
    ec = asio::error::timed_out;
}

asio::awaitable<void> client_connection::connect(error_code& ec) {
  const bool unused = steady_clock::now() - last_use_ >= fresh;
  if (wire_.is_open() && !(unused && wire_.has_ended()))
    co_return;
  close();
  if (aborted_) {
    ec = asio::error::operation_aborted;
    co_return;
  }
  co_await wire_.connect(ec);
}

asio::awaitable<void> client_connection::send(const request& what, std::uint64_t bytes,
                                              error_code& ec) {
  write_head(what);
  buffers_.clear();
  buffers_.emplace_back(head_.data(), head_.size());
  std::uint64_t sent = 0;
  do {
    const auto length = std::min(slice_size, bytes - sent);
    what.body.slice(sent, length).append_to(buffers_);
    co_await wire_.write(buffers_, ec);
    sent += length;
    buffers_.clear();
  } while (!ec && sent < bytes);
}

void client_connection::write_head(const request& what) {
  const auto method = beast_http::to_string(what.method);
  head_.assign(method.data(), method.size()).append(" ").append(what.target);
  head_.append(" HTTP/1.1\r\n");
  append_field(head_, "Host", wire_.other().authority);
  append_field(head_, "User-Agent", "gantry-bench");
  append_field(head_, "Authorization", what.authorization);
  append_field(head_, "Accept", what.accept);
  append_field(head_, "Content-Type", what.content_type);
  append_field(head_, "Content-Range", what.content_range);
  append_field(head_, "Range", what.range);
  if (what.method == beast_http::verb::post || what.method == beast_http::verb::put ||
      what.method == beast_http::verb::patch)
    append_field(head_, "Content-Length", std::to_string(what.body.size()));
  head_.append("\r\n");
}

asio::awaitable<void> client_connection::receive(body_use use, bool to_head, response& answer,
                                                 error_code& ec) {
  response_parser parser{answer, use, to_head};
  while (!parser.is_done()) {
    if (buffer_.size() > 0) {
      buffer_.consume(parser.put(buffer_.data(), ec));
      if (ec || parser.is_done())
        co_return;
    }
    const auto room = parser.is_header_done() ? body_read_size : read_size;
    const auto got = co_await wire_.read_some(buffer_.prepare(room), ec);
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

void client_connection::check_deadline(steady_clock::time_point now) {
  if (now < deadline_)
    return;
  timed_out_ = true;
  close();
}

void client_connection::abort() {
  aborted_ = true;
  close();
}

void client_connection::close() {
  wire_.close();
  buffer_.clear();
}

std::string name_of(const error_code& ec) {
  if (ec == asio::error::connection_refused)
    return "refused";
  if (ec == asio::error::connection_reset || ec == asio::error::broken_pipe)
    return "reset";
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated)
    return "closed";
  if (ec == asio::error::timed_out)
    return "timed_out";
  if (ec == asio::error::operation_aborted)
    return "aborted";
  if (ec.category() == asio::error::get_ssl_category() ||
      ec.category() == asio::ssl::error::get_stream_category())
    return "tls";
  if (ec == beast_http::error::body_limit)
    return "body_too_large";
  static const auto& http_category = make_error_code(beast_http::error::end_of_stream).category();
  return ec.category() == http_category ? "bad_response" : ec.message();
}

} // namespace gantry::bench
