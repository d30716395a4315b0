// The body of one request, as a source of bytes: read directly from the socket if its length is
// known, decoded in place if it comes in chunks.
#pragma once

#include "http/chunked_decoder.hpp"
#include "http/intake.hpp"
#include "http/options.hpp"
#include "http/refusal.hpp"
#include "http/request_head.hpp"
#include "net/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace gantry::http {

/// Belongs to one request; used by the coroutine of its connection. Stores no bytes of the body,
/// whatever a client sends. A client that expects `100 Continue` gets it before the first read, so
/// a request that is refused unread never triggers its body.
class body_source {
public:
  /// `buffer` holds what was read from the socket beyond the head.
  body_source(net::connection& peer, boost::beast::flat_buffer& buffer, const request_head& head,
              const options& limits);

  /// Sends `100 Continue` to a client that waits for it. Idempotent; `read` and `wait` call it.
  /// Errors: those of `read`.
  boost::asio::awaitable<result<void>> start();
  /// Fills `space` with the bytes that have arrived, without waiting. No bytes: the caller must
  /// wait, or the body has ended. Precondition: the client does not wait for `100 Continue`.
  /// Errors: those of `read`.
  result<std::size_t> read_ready(std::span<std::byte> space);
  /// Waits until `read_ready` may find bytes; holds no buffer meanwhile. Errors: those of `read`.
  boost::asio::awaitable<result<void>> wait();
  /// Fills `space` with at least one byte, or none at the end.
  /// Errors: too_slow (slower than the minimum rate), malformed (bad chunks, or the
  /// connection is lost: see `is_broken`).
  boost::asio::awaitable<result<std::size_t>> read(std::span<std::byte> space);

  /// Reads as `plan` says from now on. A reset breaks the body like a client that leaves; the
  /// connection is reset after the request has given back what it held: see `ends_in_reset`.
  void follow(const intake_plan& plan) { intake_ = std::make_unique<intake>(plan); }

  /// Begins a new span of the minimum rate, after a wait that was not for the client.
  void restart_clock();
  /// Continues the current span after a short wait for something else.
  void resume_clock();

  bool is_done() const noexcept { return done_; }
  /// The connection is lost or out of step: nothing can be read or answered on it after this
  /// request.
  bool is_broken() const noexcept { return broken_; }

  /// The plan says that the connection is to be reset.
  bool ends_in_reset() const noexcept { return ends_in_reset_; }

  /// The client closed or broke the connection within the body.
  bool is_abandoned() const noexcept { return abandoned_; }

  /// Whether the rest of the body certainly has at most `limit` bytes, so that the next request can
  /// be found after it. Drops chunks that have arrived, because only their end tells.
  bool can_be_passed_over(std::uint64_t limit);
  /// Reads and drops the rest. False if it exceeds `limit` bytes or does not arrive. Precondition:
  /// that of `read_ready`.
  boost::asio::awaitable<bool> discard(std::uint64_t limit);

private:
  result<std::size_t> take(std::span<std::byte> space);
  std::size_t take_plain(std::span<std::byte> space, net::error_code& ec);
  result<std::size_t> take_chunked(std::span<std::byte> space, net::error_code& ec);
  result<std::size_t> decode_buffered(std::span<std::byte> space);
  /// `space` begins with `raw` encoded bytes.
  result<std::size_t> decode_in_place(std::span<std::byte> space, std::size_t raw);
  result<std::size_t> drop_ready();
  boost::asio::awaitable<net::error_code> wait_until_due();
  refusal end_in_reset();
  refusal failure(const net::error_code& ec);
  void count(std::size_t bytes);

  net::connection& peer_;
  boost::beast::flat_buffer& buffer_;
  const options& limits_;
  /// Absent if the length of the body is known.
  std::optional<chunked_decoder> chunks_;
  /// Null for full speed.
  std::unique_ptr<intake> intake_;
  bool expects_continue_;
  /// Bytes still to come, if the length is known.
  std::uint64_t left_;
  bool done_;
  bool broken_ = false;
  bool ends_in_reset_ = false;
  bool abandoned_ = false;
  bool started_ = false;
  /// Bytes since the current span of the minimum rate began.
  std::uint64_t span_bytes_ = 0;
  net::steady_clock::time_point span_begin_{};
};

} // namespace gantry::http
