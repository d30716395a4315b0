// The byte stream of a connection.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gantry::net {

using boost::system::error_code;

/// `transport::peer` of a connection by a socket in the file system: its clients have no address.
inline constexpr std::string_view unix_peer = "unix";

/// The address in what `transport::peer` returns: without the port.
constexpr std::string_view address_of_peer(std::string_view peer) noexcept {
  return peer.substr(0, peer.rfind(':'));
}

/// Whether a proxy stands between, which has said so in a header of the PROXY protocol.
enum class relay : std::uint8_t {
  none,
  /// For a client whose address it does not say, or for itself: `transport::peer` is the proxy.
  unnamed,
  /// For the client that `transport::peer` names.
  named,
};

struct peer_certificate;

/// Whether a peer was refused because of its certificate, or because it has none. The message of
/// the error says why.
bool is_certificate_refusal(const error_code& failure) noexcept;

/// One end of a stream: non-blocking operations, and coroutines that wait until they can proceed.
/// An operation that would have to wait fails with `would_block`; a wait ends with
/// `operation_aborted` if the coroutine is cancelled. Lives on one thread.
class transport {
public:
  virtual ~transport() = default;

  virtual boost::asio::any_io_executor executor() = 0;
  /// The peer's address and port, for the log; `unix_peer` if it has none, `-` if unknown.
  virtual std::string peer() const = 0;
  /// Until the stream is open, `none`.
  virtual relay relayed() const noexcept { return relay::none; }
  /// Whether the stream is encrypted, so that links to it begin with `https`.
  virtual bool is_secure() const noexcept { return false; }
  /// The peer's certificate, which was verified; null if it has shown none. Lives as long as the
  /// stream.
  virtual const peer_certificate* certificate() const noexcept { return nullptr; }

  /// Whether `open` has to come before the first read or write; perhaps once more after it.
  virtual bool must_open() const noexcept { return false; }
  /// Reads what precedes the stream, or agrees with the peer on how it is encrypted. Errors:
  /// protocol_error,
  /// wrong_protocol_type (the peer speaks without encryption; what is written to it from now on is
  /// not encrypted either), one of `is_certificate_refusal` (what still comes can only be dropped),
  /// those of waiting, reading and writing. Precondition: `must_open`.
  virtual boost::asio::awaitable<void> open(error_code& ec);

  /// Returns the number of bytes read. Errors: would_block, eof, those of recv(2).
  virtual std::size_t read_ready(std::span<std::byte> space, error_code& ec) = 0;
  /// Whether bytes have come that were not read; of an encrypted stream, perhaps only a part of
  /// what `read_ready` needs. May be asked while a wait is pending.
  virtual bool has_bytes() = 0;
  /// Whether the peer sends nothing any more, and all that it sent was read: it closed or broke the
  /// connection.
  virtual bool has_ended() = 0;
  /// Returns the number of bytes written, `head` first. `more` says that more bytes follow
  /// immediately. After `would_block`, the next call must offer the same bytes again. Errors:
  /// would_block, those of sendmsg(2).
  virtual std::size_t write_ready(std::string_view head, std::string_view body, bool more,
                                  error_code& ec) = 0;
  /// Returns the number of bytes of `file` that were sent, from `offset`. After `would_block`, the
  /// next call must offer the same bytes again. Errors: would_block, eof
  /// (the file ends before `offset`), those of sendfile(2).
  virtual std::uint64_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                                  error_code& ec) = 0;

  /// Waits for bytes and reads what is available, at least one byte. Errors: as `read_ready`.
  virtual boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer space,
                                                        error_code& ec) = 0;
  virtual boost::asio::awaitable<void> wait_readable(error_code& ec) = 0;
  virtual boost::asio::awaitable<void> wait_writable(error_code& ec) = 0;

  /// Sends what `more` has kept back, and shuts down the sending direction. Errors: would_block:
  /// wait until it is writable, and call it again.
  virtual void end_output(error_code& ec) = 0;
  /// Breaks both directions; pending waits end.
  virtual void abort() noexcept = 0;
  virtual void close() noexcept = 0;
  /// Closes so that the peer sees a reset (TCP RST); what was written may be lost.
  virtual void reset() noexcept = 0;
};

} // namespace gantry::net
