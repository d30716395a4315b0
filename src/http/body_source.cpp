#include "http/body_source.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace gantry::http {

namespace {

/// What one read of a chunked body asks of the socket.
constexpr std::size_t chunked_read_size = 64 * 1024;

} // namespace

body_source::body_source(connection& peer, request_parser& parser, beast::flat_buffer& buffer,
                         const request_head& head, const options& limits)
  : peer_{peer},
    parser_{parser},
    buffer_{buffer},
    limits_{limits},
    chunked_{head.is_chunked()},
    expects_continue_{head.expects_continue()},
    left_{head.content_length().value_or(0)},
    done_{!head.has_body()},
    head_fields_{head.field_count()} {}

asio::awaitable<result<void>> body_source::start() {
  if (started_ || done_)
    co_return result<void>{};
  started_ = true;
  if (expects_continue_) {
    expects_continue_ = false;
    error_code ec;
    co_await peer_.write("HTTP/1.1 100 Continue\r\n\r\n", {}, false, ec);
    if (ec)
      co_return failure(ec);
  }
  restart_clock();
  co_return result<void>{};
}

result<std::size_t> body_source::read_ready(std::span<std::byte> space) {
  error_code ec;
  const auto taken = chunked_ ? take_chunked(space, ec) : take_plain(space, ec);
  if (taken == 0 && ec && !done_)
    return failure(ec);
  count(taken);
  return taken;
}

asio::awaitable<result<void>> body_source::wait() {
  if (auto started = co_await start(); !started)
    co_return std::move(started).error();
  if (done_ || has_buffered())
    co_return result<void>{};
  error_code ec;
  co_await peer_.wait_readable(ec);
  if (ec)
    co_return failure(ec);
  co_return result<void>{};
}

asio::awaitable<result<std::size_t>> body_source::read(std::span<std::byte> space) {
  if (auto started = co_await start(); !started)
    co_return std::move(started).error();
  while (!done_) {
    auto taken = read_ready(space);
    if (!taken || *taken > 0)
      co_return taken;
    if (auto ready = co_await wait(); !ready)
      co_return std::move(ready).error();
  }
  co_return std::size_t{0};
}

asio::awaitable<bool> body_source::discard(std::uint64_t limit) {
  std::array<std::byte, 16 * 1024> sink;
  for (std::uint64_t dropped = 0; !done_;) {
    auto taken = co_await read(sink);
    if (!taken)
      co_return false;
    dropped += *taken;
    if (dropped > limit)
      co_return false;
  }
  co_return true;
}

std::size_t body_source::take_plain(std::span<std::byte> space, error_code& ec) {
  space = space.first(std::min<std::uint64_t>(space.size(), left_));
  std::size_t taken = std::min(space.size(), buffer_.size());
  if (taken > 0) {
    std::memcpy(space.data(), buffer_.data().data(), taken);
    buffer_.consume(taken);
  }
  taken += peer_.read_ready(space.subspan(taken), ec);
  left_ -= taken;
  done_ = left_ == 0;
  return taken;
}

std::size_t body_source::take_chunked(std::span<std::byte> space, error_code& ec) {
  std::size_t taken = 0;
  while (taken < space.size() && !done_) {
    if (buffer_.size() == 0 || parser_wants_more_) {
      if (buffer_.size() >= chunked_read_size) { // a chunk header or trailer without an end
        ec = beast::http::error::bad_chunk;
        break;
      }
      const auto room = buffer_.prepare(chunked_read_size);
      const auto got = peer_.read_ready({static_cast<std::byte*>(room.data()), room.size()}, ec);
      buffer_.commit(got);
      if (got == 0)
        break;
      ec = {};
    }
    auto& body = parser_.get().body();
    const auto room = space.subspan(taken);
    body.data = room.data();
    body.size = room.size();
    body.more = true;
    error_code parsed;
    buffer_.consume(parser_.put(buffer_.data(), parsed));
    taken += room.size() - body.size;
    done_ = parser_.is_done();
    if (done_)
      drop_trailers();
    parser_wants_more_ = parsed == beast::http::error::need_more;
    if (parsed && !parser_wants_more_ && parsed != beast::http::error::need_buffer) {
      ec = parsed;
      break;
    }
  }
  return taken;
}

bool body_source::has_buffered() const noexcept {
  return buffer_.size() > 0 && !parser_wants_more_;
}

error body_source::failure(const error_code& ec) {
  broken_ = true;
  if (peer_.timed_out())
    return fail(errc::request_timeout, "the body came too slowly");
  static const auto& parse_errors = error_code{beast::http::error::bad_chunk}.category();
  if (ec.category() == parse_errors)
    return fail(errc::request_invalid, "malformed chunks");
  return fail(errc::request_invalid, "the connection broke");
}

void body_source::restart_clock() {
  span_bytes_ = 0;
  span_end_ = steady_clock::now() + limits_.body_timeout;
  resume_clock();
}

void body_source::resume_clock() {
  peer_.expect_until(span_end_);
}

/// RFC 9110, 6.5.1: trailers must not be taken for header fields, which handlers still read. Beast
/// adds them to the same list.
void body_source::drop_trailers() {
  auto& fields = parser_.get().base();
  auto next = fields.begin();
  for (std::size_t i = 0; i < head_fields_; ++i)
    ++next;
  while (next != fields.end())
    next = fields.erase(next);
}

/// A span ends when the bytes that it demands have come; only then does the clock start anew.
void body_source::count(std::size_t bytes) {
  span_bytes_ += bytes;
  const auto span = static_cast<std::uint64_t>(limits_.body_timeout.count());
  if (span_bytes_ >= limits_.min_body_rate * span / 1000)
    restart_clock();
}

} // namespace gantry::http
