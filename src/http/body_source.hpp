// The body of one request, as a source of bytes: straight from the socket where its length is
// known, decoded in place if it comes in chunks.
#pragma once

#include "http/chunked_decoder.hpp"
#include "http/options.hpp"
#include "http/refusal.hpp"
#include "http/request_head.hpp"
#include "net/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gantry::http {

/// One request's; used by the coroutine of its connection. Holds no bytes of the body, whatever a
/// client sends. A client that expects `100 Continue` gets it before the first read, so a request
/// that is refused unread never triggers its body.
class body_source {
public:
  /// `buffer` holds what was read from the socket beyond the head.
  body_source(net::connection& peer, boost::beast::flat_buffer& buffer, const request_head& head,
              const options& limits);

  /// Lets the body come: says `100 Continue` to a client that waits for it. Idempotent; `read` and
  /// `wait` do it themselves. Errors: as `read`.
  boost::asio::awaitable<result<void>> start();
  /// Fills `space` with what is there, without waiting: none means wait, or the end. Precondition:
  /// the client does not wait for `100 Continue`. Errors: as `read`.
  result<std::size_t> read_ready(std::span<std::byte> space);
  /// Waits until `read_ready` may find something, holding no buffer meanwhile. Errors: as `read`.
  boost::asio::awaitable<result<void>> wait();
  /// Fills `space` with at least one byte, or none at the end.
  /// Errors: too_slow (slower than the minimum rate), malformed (bad chunks, or the
  /// connection is lost: see `is_broken`).
  boost::asio::awaitable<result<std::size_t>> read(std::span<std::byte> space);

  /// Begins a new span of the minimum rate: after a wait that was not for the client.
  void restart_clock();
  /// Goes on with the current span after a look elsewhere that cost no time to speak of.
  void resume_clock();

  bool is_done() const noexcept { return done_; }
  /// The connection is lost or no longer in step: nothing can be read or answered on it after this
  /// request.
  bool is_broken() const noexcept { return broken_; }

  /// Whether what is left of the body is certain to have at most `limit` bytes, so that the next
  /// request can be found behind it. Drops what has come of chunks, for only their end tells.
  bool can_be_passed_over(std::uint64_t limit);
  /// Reads and drops what is left. False if it is more than `limit` bytes or does not come.
  /// Precondition: as `read_ready`.
  boost::asio::awaitable<bool> discard(std::uint64_t limit);

private:
  std::size_t take_plain(std::span<std::byte> space, net::error_code& ec);
  result<std::size_t> take_chunked(std::span<std::byte> space, net::error_code& ec);
  result<std::size_t> decode_buffered(std::span<std::byte> space);
  /// `space` begins with `raw` bytes of the coding.
  result<std::size_t> decode_in_place(std::span<std::byte> space, std::size_t raw);
  result<std::size_t> drop_ready();
  refusal failure(const net::error_code& ec);
  void count(std::size_t bytes);

  net::connection& peer_;
  boost::beast::flat_buffer& buffer_;
  const options& limits_;
  /// Absent if the length of the body is known.
  std::optional<chunked_decoder> chunks_;
  bool expects_continue_;
  /// Of a body with a known length: bytes still to come.
  std::uint64_t left_;
  bool done_;
  bool broken_ = false;
  bool started_ = false;
  /// Bytes since the current span of the minimum rate began.
  std::uint64_t span_bytes_ = 0;
  net::steady_clock::time_point span_begin_{};
};

} // namespace gantry::http
