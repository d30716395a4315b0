#include "http/response_writer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <string>

#include <unistd.h>

namespace asio = boost::asio;

namespace gantry::http {

namespace {

using net::connection;
using net::error_code;
using net::steady_clock;

/// Ranges that are written before other connections of the thread get their turn.
constexpr std::size_t ranges_per_turn = 64;
/// A rate limit applies over spans of this length.
constexpr std::chrono::milliseconds rate_span{50};
constexpr auto no_cut = std::numeric_limits<std::uint64_t>::max();

/// Writes to the connection at the rate of the delivery plan, up to the byte at which it is cut.
class outlet {
public:
  outlet(connection& peer, const delivery_plan* delivery)
    : peer_{peer},
      rate_{delivery ? delivery->rate : 0},
      left_{delivery && delivery->cut_after ? *delivery->cut_after : no_cut},
      corrupt_at_{delivery && delivery->corrupt_at ? *delivery->corrupt_at : no_cut} {}

  /// Writes the head or the framing of chunks, which are neither slowed nor cut.
  asio::awaitable<void> frame(std::string_view text, bool more, error_code& ec) {
    return peer_.write(text, {}, more, ec);
  }

  asio::awaitable<void> text(std::string_view ahead, std::string_view body, bool more,
                             error_code& ec) {
    if (is_plain()) {
      co_await peer_.write(ahead, body, more, ec);
      co_return;
    }
    if (!ahead.empty())
      co_await peer_.write(ahead, {}, !body.empty(), ec);
    while (!ec && !body.empty()) {
      const auto piece = body.substr(0, co_await next_piece(body.size(), ec));
      if (!ec && is_corrupt(piece.size()))
        co_await peer_.write(flipped(piece.front()), {}, false, ec);
      else if (!ec)
        co_await peer_.write(piece, {}, false, ec);
      sent_ += piece.size();
      body.remove_prefix(piece.size());
    }
  }

  asio::awaitable<void> file(int file, std::uint64_t begin, std::uint64_t length, error_code& ec) {
    if (is_plain()) {
      co_await peer_.send_file(file, begin, length, ec);
      co_return;
    }
    while (!ec && length > 0) {
      const auto piece = co_await next_piece(length, ec);
      char byte = 0;
      if (!ec && is_corrupt(piece)) {
        if (::pread(file, &byte, 1, static_cast<off_t>(begin)) == 1)
          co_await peer_.write(flipped(byte), {}, false, ec);
        else
          ec = asio::error::eof;
      } else if (!ec) {
        co_await peer_.send_file(file, begin, piece, ec);
      }
      sent_ += piece;
      begin += piece;
      length -= piece;
    }
  }

private:
  bool is_plain() const noexcept { return rate_ == 0 && left_ == no_cut && corrupt_at_ == no_cut; }
  /// Whether the next piece is the byte that is sent wrong: `next_piece` makes it one of its own.
  bool is_corrupt(std::uint64_t piece) const noexcept { return piece == 1 && sent_ == corrupt_at_; }
  std::string_view flipped(char byte) noexcept {
    flipped_ = static_cast<char>(~byte);
    return {&flipped_, 1};
  }

  /// Waits until the next piece is due. Returns its size, at most `wanted` bytes. Errors:
  /// operation_aborted (the cut).
  asio::awaitable<std::uint64_t> next_piece(std::uint64_t wanted, error_code& ec) {
    if (left_ == 0) {
      ec = asio::error::operation_aborted;
      co_return 0;
    }
    auto piece = std::min(wanted, left_);
    if (corrupt_at_ != no_cut && corrupt_at_ >= sent_)
      piece = std::min(piece, std::max<std::uint64_t>(1, corrupt_at_ - sent_));
    if (rate_ > 0) {
      const auto span = static_cast<std::uint64_t>(rate_span.count());
      piece = std::min(piece, std::max<std::uint64_t>(1, rate_ * span / 1000));
      co_await wait_until(due_, ec);
      const auto takes = std::chrono::microseconds{piece * 1'000'000 / rate_};
      due_ = std::max(due_, steady_clock::now()) + takes;
    }
    left_ -= left_ == no_cut ? 0 : piece;
    co_return piece;
  }

  asio::awaitable<void> wait_until(steady_clock::time_point due, error_code& ec) {
    const auto now = steady_clock::now();
    if (due <= now)
      co_return;
    peer_.expect_within(std::chrono::duration_cast<std::chrono::milliseconds>(due - now) +
                        std::chrono::seconds{10});
    asio::steady_timer timer{peer_.executor(), due};
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }

  connection& peer_;
  std::uint64_t rate_;
  /// Bytes of the body before the cut.
  std::uint64_t left_;
  std::uint64_t corrupt_at_;
  /// Bytes of the body.
  std::uint64_t sent_ = 0;
  char flipped_ = 0;
  /// When the next piece is due.
  steady_clock::time_point due_{};
};

asio::awaitable<void> write_from_reader(outlet& out, content_reader& reader, byte_range range,
                                        std::string_view ahead, error_code& ec) {
  co_await out.frame(ahead, true, ec);
  std::vector<std::byte> buffer(std::min<std::uint64_t>(content_reader::piece, range.length()));
  for (auto offset = range.first; !ec && offset <= range.last;) {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), range.last - offset + 1);
    const auto got = co_await reader.read(offset, std::span{buffer}.first(wanted), ec);
    if (!ec && got == 0)
      ec = asio::error::eof;
    const std::string_view piece{reinterpret_cast<const char*>(buffer.data()), got};
    if (!ec)
      co_await out.text({}, piece, false, ec);
    offset += got;
  }
}

asio::awaitable<void> write_range(outlet& out, const content& source, byte_range range,
                                  std::string_view ahead, bool more, error_code& ec) {
  if (source.reader) {
    co_await write_from_reader(out, *source.reader, range, ahead, ec);
  } else {
    const bool in_file = source.file >= 0 && !source.is_mapped();
    const auto bytes =
      in_file ? std::string_view{} : source.bytes.substr(range.first, range.length());
    co_await out.text(ahead, bytes, in_file || more, ec);
    if (!ec && in_file)
      co_await out.file(source.file, source.file_begin + range.first, range.length(), ec);
  }
  // The bytes cannot be read, or are too few: the response can only be cut.
  const bool unreadable = ec == boost::system::errc::io_error || ec == asio::error::eof;
  if (unreadable && source.unreadable)
    source.unreadable(source.owner.get(), ec);
}

asio::awaitable<void> write_ranges(connection& peer, outlet& out, const content_ranges& body,
                                   std::string_view head, error_code& ec) {
  const auto trailer = body.trailer();
  for (std::size_t i = 0; i < body.ranges.size(); ++i) {
    const auto ahead = std::string{head} + body.preamble(i);
    head = {};
    co_await write_range(out, body.source, body.ranges[i], ahead, !trailer.empty(), ec);
    if (ec)
      co_return;
    if (i % ranges_per_turn == ranges_per_turn - 1)
      co_await peer.give_way();
  }
  if (!trailer.empty())
    co_await out.text({}, trailer, false, ec);
}

/// `1a4\r\n`: the line before the bytes of a chunk.
std::string chunk_line(std::size_t size) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  return std::string{digits.data(), end} + "\r\n";
}

asio::awaitable<void> write_stream(outlet& out, body_stream& body, bool in_chunks, error_code& ec) {
  for (;;) {
    const auto bytes = co_await body.next(ec);
    if (ec || bytes.empty())
      break;
    if (in_chunks)
      co_await out.frame(chunk_line(bytes.size()), true, ec);
    if (!ec)
      co_await out.text({}, bytes, in_chunks || body.has_more(), ec);
    if (!ec && in_chunks)
      co_await out.frame("\r\n", false, ec);
    if (ec)
      co_return;
  }
  if (!ec && in_chunks)
    co_await out.frame("0\r\n\r\n", false, ec);
}

asio::awaitable<void> delay(connection& peer, std::chrono::milliseconds span, error_code& ec) {
  peer.expect_within(span + std::chrono::seconds{10});
  asio::steady_timer timer{peer.executor(), span};
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
}

} // namespace

std::optional<std::string_view> text_of(const response& reply) noexcept {
  if (reply.is_stream())
    return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&reply.body))
    return *text;
  if (const auto* shared = std::get_if<shared_bytes>(&reply.body))
    return shared->bytes;
  const auto* parts = std::get_if<content_ranges>(&reply.body);
  if (!parts)
    return std::string_view{};
  if (parts->source.bytes.empty() || !parts->boundary.empty())
    return std::nullopt;
  const auto range = parts->ranges.front();
  return parts->source.bytes.substr(range.first, range.length());
}

asio::awaitable<bool> write_response(connection& peer, std::string_view head, response& reply,
                                     bool bodiless, bool in_chunks) {
  error_code ec;
  const auto* plan = reply.delivery.get();
  if (plan && plan->delay.count() > 0)
    co_await delay(peer, plan->delay, ec);
  outlet out{peer, plan};
  if (!ec && plan && plan->silent)
    ec = asio::error::operation_aborted;
  if (ec) {
    // Nothing is sent.
  } else if (bodiless) {
    co_await out.frame(head, false, ec);
  } else if (const auto text = text_of(reply)) {
    co_await out.text(head, *text, false, ec);
  } else if (const auto* ranges = std::get_if<content_ranges>(&reply.body)) {
    co_await write_ranges(peer, out, *ranges, head, ec);
  } else if (auto* stream = std::get_if<std::unique_ptr<body_stream>>(&reply.body)) {
    co_await out.frame(head, false, ec);
    if (!ec)
      co_await write_stream(out, **stream, in_chunks, ec);
  }
  if (ec && plan && plan->resets)
    peer.reset();
  co_return !ec;
}

} // namespace gantry::http
