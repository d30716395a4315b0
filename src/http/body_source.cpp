#include "http/body_source.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstring>

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace gantry::http {

namespace {

/// Bytes that a read may bring beyond the data of the current chunk: the lines and data that
/// follow. After the last chunk they belong to the next request and must be kept.
constexpr std::size_t beyond_chunk = 4096;
/// A wait for the rate of an intake that is late by this much is cut like any other operation.
constexpr std::chrono::seconds timer_slack{10};

std::span<const std::byte> view(const beast::flat_buffer& buffer) {
  return {static_cast<const std::byte*>(buffer.data().data()), buffer.size()};
}

} // namespace

body_source::body_source(net::connection& peer, beast::flat_buffer& buffer,
                         const request_head& head, const options& limits)
  : peer_{peer},
    buffer_{buffer},
    limits_{limits},
    expects_continue_{head.expects_continue()},
    left_{head.content_length().value_or(0)},
    done_{!head.has_body()} {
  if (head.is_chunked())
    chunks_.emplace();
}

asio::awaitable<result<void>> body_source::start() {
  if (started_ || done_)
    co_return result<void>{};
  started_ = true;
  if (intake_ && intake_->is_over())
    co_return end_in_reset();
  if (expects_continue_) {
    expects_continue_ = false;
    net::error_code ec;
    co_await peer_.write("HTTP/1.1 100 Continue\r\n\r\n", {}, false, ec);
    if (ec)
      co_return failure(ec);
  }
  restart_clock();
  co_return result<void>{};
}

result<std::size_t> body_source::read_ready(std::span<std::byte> space) {
  assert(!expects_continue_);
  if (!intake_)
    return take(space);
  if (intake_->is_over() && !done_)
    return end_in_reset();
  auto taken = take(space.first(intake_->allowed(space.size())));
  if (taken)
    intake_->count(*taken);
  return taken;
}

result<std::size_t> body_source::take(std::span<std::byte> space) {
  net::error_code ec;
  auto taken = chunks_ ? take_chunked(space, ec) : result<std::size_t>{take_plain(space, ec)};
  if (!taken) {
    broken_ = true;
    return taken;
  }
  if (*taken == 0 && ec && !done_)
    return failure(ec);
  count(*taken);
  return taken;
}

asio::awaitable<result<void>> body_source::wait() {
  if (auto started = co_await start(); !started)
    co_return std::move(started).error();
  net::error_code ec;
  if (intake_ && !done_)
    ec = co_await wait_until_due();
  if (ec)
    co_return failure(ec);
  if (done_ || buffer_.size() > 0)
    co_return result<void>{};
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

bool body_source::can_be_passed_over(std::uint64_t limit) {
  if (done_)
    return true;
  if (broken_ || expects_continue_)
    return false; // the client may send its body, or not
  if (!chunks_)
    return left_ <= limit;
  for (std::uint64_t dropped = 0; !done_ && dropped <= limit;) {
    const auto taken = drop_ready();
    if (!taken || *taken == 0)
      break;
    dropped += *taken;
  }
  return done_;
}

asio::awaitable<bool> body_source::discard(std::uint64_t limit) {
  for (std::uint64_t dropped = 0; !done_ && dropped <= limit;) {
    const auto taken = drop_ready();
    if (!taken)
      co_return false;
    dropped += *taken;
    if (*taken > 0)
      continue;
    if (auto ready = co_await wait(); !ready)
      co_return false;
  }
  co_return done_;
}

/// A separate function, so that no waiting coroutine holds the bytes.
result<std::size_t> body_source::drop_ready() {
  std::array<std::byte, 16 * 1024> sink;
  return read_ready(sink);
}

std::size_t body_source::take_plain(std::span<std::byte> space, net::error_code& ec) {
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

/// Reads from the socket into `space` and removes the framing of the chunks there. A call also
/// reads a bounded number of raw bytes, so a client that sends little but framing cannot occupy the
/// thread.
result<std::size_t> body_source::take_chunked(std::span<std::byte> space, net::error_code& ec) {
  auto buffered = decode_buffered(space);
  if (!buffered)
    return buffered;
  auto taken = *buffered;
  for (std::size_t raw = 0; taken < space.size() && !done_ && raw < space.size();) {
    const auto room = space.subspan(taken);
    const auto wanted = std::min<std::uint64_t>(room.size(), chunks_->left() + beyond_chunk);
    const auto got = peer_.read_ready(room.first(wanted), ec);
    if (got == 0)
      break;
    auto decoded = decode_in_place(room, got);
    if (!decoded)
      return decoded;
    raw += got;
    taken += *decoded;
  }
  return taken;
}

result<std::size_t> body_source::decode_buffered(std::span<std::byte> space) {
  if (buffer_.size() == 0)
    return std::size_t{0};
  const auto made = chunks_->decode(view(buffer_), space);
  if (!made)
    return made.error();
  buffer_.consume(made->consumed);
  done_ = chunks_->is_done();
  return made->body;
}

result<std::size_t> body_source::decode_in_place(std::span<std::byte> space, std::size_t raw) {
  const auto made = chunks_->decode(space.first(raw), space);
  if (!made)
    return made.error();
  done_ = chunks_->is_done();
  if (const auto rest = space.first(raw).subspan(made->consumed); !rest.empty()) {
    std::memcpy(buffer_.prepare(rest.size()).data(), rest.data(), rest.size());
    buffer_.commit(rest.size());
  }
  return made->body;
}

/// The time is not the client's, so the minimum rate starts anew.
asio::awaitable<net::error_code> body_source::wait_until_due() {
  net::error_code ec;
  const auto left = intake_->due() - net::steady_clock::now();
  if (left.count() <= 0)
    co_return ec;
  peer_.expect_within(std::chrono::duration_cast<std::chrono::milliseconds>(left) + timer_slack);
  asio::steady_timer timer{peer_.executor(), intake_->due()};
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (!ec)
    restart_clock();
  co_return ec;
}

refusal body_source::end_in_reset() {
  broken_ = true;
  ends_in_reset_ = true;
  return refuse(refusal_code::malformed, "the connection was reset");
}

refusal body_source::failure(const net::error_code& ec) {
  broken_ = true;
  if (peer_.timed_out())
    return refuse(refusal_code::too_slow,
                  peer_.is_given_up()
                    ? "the body arrived too slowly, and others need its connection"
                    : "the body arrived too slowly");
  abandoned_ = true;
  return refuse(refusal_code::malformed, ec == asio::error::eof
                                           ? "the connection ended within the body"
                                           : "the connection broke");
}

void body_source::restart_clock() {
  span_bytes_ = 0;
  span_begin_ = net::steady_clock::now();
  resume_clock();
}

void body_source::resume_clock() {
  peer_.expect_body(span_begin_, span_begin_ + limits_.stall_timeout);
}

/// A span ends when the bytes that it demands have arrived; then the clock restarts.
void body_source::count(std::size_t bytes) {
  span_bytes_ += bytes;
  const auto span = static_cast<std::uint64_t>(limits_.body_timeout.count());
  if (span_bytes_ >= limits_.min_body_rate * span / 1000)
    restart_clock();
}

} // namespace gantry::http
