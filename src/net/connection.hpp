// One accepted stream, whose reads and writes run under the connection's current deadline.
#pragma once

#include "base/byte_budget.hpp"
#include "net/transport.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gantry::net {

using steady_clock = std::chrono::steady_clock;

class connection_list;

/// What a connection waits for.
enum class connection_phase : std::uint8_t {
  /// An actor, the storage, the rest of a request head, or the peer to read.
  working,
  /// The first byte of a request.
  idle,
  /// A request body.
  receiving,
};

/// What an application keeps with a connection.
struct connection_note {
  connection_note() = default;
  connection_note(const connection_note&) = delete;
  connection_note& operator=(const connection_note&) = delete;
  virtual ~connection_note() = default;
};

/// Lives on one thread, in that thread's `connection_list`, which cancels it when the deadline
/// passes. The operation in progress then ends with `operation_aborted`, and `timed_out` returns
/// true.
class connection : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  /// A peer that accepts no bytes for `send_timeout` is cut off.
  connection(std::unique_ptr<transport> stream, std::chrono::milliseconds send_timeout);

  boost::asio::any_io_executor executor() { return stream_->executor(); }
  /// The peer's address and port, for the log.
  const std::string& remote() const noexcept { return remote_; }
  relay relayed() const noexcept { return stream_->relayed(); }
  /// See `transport`.
  bool is_secure() const noexcept { return stream_->is_secure(); }
  const peer_certificate* certificate() const noexcept { return stream_->certificate(); }
  bool must_open() const noexcept { return stream_->must_open(); }
  boost::asio::awaitable<void> open(error_code& ec);

  /// The next operations must finish within `span`.
  void expect_within(std::chrono::milliseconds span) noexcept {
    deadline_ = steady_clock::now() + span;
    if (phase_ != connection_phase::working)
      enter(connection_phase::working, {});
  }
  /// The first byte of a request must arrive by `deadline`; until then the connection is idle. Idle
  /// connections are closed immediately if the server drains or needs their places.
  void expect_request(steady_clock::time_point deadline) noexcept;
  /// Like `expect_request`, for a body that has been slower than the minimum rate since `since`.
  void expect_body(steady_clock::time_point since, steady_clock::time_point deadline) noexcept;
  steady_clock::time_point deadline() const noexcept { return deadline_; }
  bool timed_out() const noexcept { return timed_out_; }
  /// Acknowledges a passed deadline, so that the next one counts.
  void forgive_timeout() noexcept { timed_out_ = false; }

  /// The connection now holds bytes of `share`, which must outlive it. While others wait for those
  /// bytes, the connection times out after `patience` without progress.
  void hold(const byte_budget& share, std::chrono::milliseconds patience) noexcept;
  void hold_no_more() noexcept { held_ = nullptr; }

  connection_phase phase() const noexcept { return phase_; }
  bool is_idle() const noexcept { return phase_ == connection_phase::idle; }
  /// Since when it has been idle, or its body too slow.
  steady_clock::time_point since() const noexcept { return since_; }

  /// Lets the thread's other connections run.
  boost::asio::awaitable<void> give_way();

  /// Waits for bytes and reads what is available, at least one byte.
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer space, error_code& ec);
  /// Reads without waiting until `space` is full or nothing is left; `eof` if the peer has closed.
  std::size_t read_ready(std::span<std::byte> space, error_code& ec);
  /// Reads and discards about `limit` bytes at most, without waiting; `eof` if the peer has closed.
  std::uint64_t drop_ready(std::uint64_t limit, error_code& ec);
  boost::asio::awaitable<void> wait_readable(error_code& ec);

  /// Writes both in slices, small ones in one system call if possible. `more` says that more bytes
  /// follow immediately.
  boost::asio::awaitable<void> write(std::string_view head, std::string_view body, bool more,
                                     error_code& ec);
  /// Writes what the stream accepts without blocking, at most the slices of one turn, and consumes
  /// it from `head` and `body`. False if bytes are left and `ec` is not set: call `write_rest`.
  bool write_ready(std::string_view& head, std::string_view& body, bool more, error_code& ec);
  /// Writes what `write_ready` left over, after a wait that gives others their turn.
  boost::asio::awaitable<void> write_rest(std::string_view head, std::string_view body, bool more,
                                          error_code& ec);
  /// Sends `length` bytes of `file` from `offset`. Errors: eof (the file is shorter), io_error and
  /// other read errors, those of `write`.
  boost::asio::awaitable<void> send_file(int file, std::uint64_t offset, std::uint64_t length,
                                         error_code& ec);

  /// Sends what `more` has kept back, and shuts down the sending direction.
  boost::asio::awaitable<void> end_output(error_code& ec);
  void close() noexcept { stream_->close(); }
  /// Closes so that the peer sees a reset (TCP RST); what was written may be lost.
  void reset() noexcept { stream_->reset(); }

  /// Null at first; ends with the connection.
  std::unique_ptr<connection_note>& note() noexcept { return note_; }

  /// Bytes sent so far, in all responses.
  std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }

  /// Called by the list that holds this connection.
  void check_deadline(steady_clock::time_point now);
  /// Ends the current wait and all further ones.
  void abort();
  bool is_aborted() const noexcept { return aborted_; }
  /// Ends the current wait because others need the connection's place, which is free from now on:
  /// an idle connection closes, a slow body gets the response of a timeout.
  void give_up();
  bool is_given_up() const noexcept { return given_up_; }
  /// Whether bytes from the peer are available.
  bool has_bytes() { return stream_->has_bytes(); }
  /// Whether the peer has closed or broken the connection. One that only closed its own direction
  /// looks the same.
  bool has_ended() { return stream_->has_ended(); }
  boost::asio::cancellation_slot cancellation_slot() noexcept { return cancel_.slot(); }

private:
  friend class connection_list;

  void enter(connection_phase phase, steady_clock::time_point since) noexcept;
  void note_movement() noexcept;
  bool stands_in_the_way(steady_clock::time_point now) const noexcept;

  std::unique_ptr<transport> stream_;
  std::string remote_;
  std::chrono::milliseconds send_timeout_;
  steady_clock::time_point deadline_ = steady_clock::time_point::max();
  boost::asio::cancellation_signal cancel_;
  std::uint64_t bytes_sent_ = 0;
  std::unique_ptr<connection_note> note_;
  /// Null unless it holds bytes that others may wait for.
  const byte_budget* held_ = nullptr;
  std::chrono::milliseconds patience_{0};
  /// When bytes were last received or sent; updated only while it holds some.
  steady_clock::time_point moved_{};
  bool timed_out_ = false;
  bool aborted_ = false;
  bool given_up_ = false;
  connection_phase phase_ = connection_phase::idle;
  steady_clock::time_point since_ = steady_clock::now();
  connection_list* list_ = nullptr;
};

} // namespace gantry::net
