// One accepted stream: reads and writes, each under the current deadline of the connection.
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
  /// An actor, the storage, the rest of a head, or that its peer reads.
  working,
  /// The first byte of a request.
  idle,
  /// A body.
  receiving,
};

/// Lives on one thread, in that thread's `connection_list`, which cancels what runs past the
/// deadline: the operation in progress then ends with `operation_aborted`, and `timed_out` tells
/// why.
class connection : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  /// A peer that takes nothing for `send_timeout` is cut.
  connection(std::unique_ptr<transport> stream, std::chrono::milliseconds send_timeout);

  boost::asio::any_io_executor executor() { return stream_->executor(); }
  /// The peer's address and port, for the log.
  const std::string& remote() const noexcept { return remote_; }

  /// Whatever is waited for from now on must be there within `span`.
  void expect_within(std::chrono::milliseconds span) noexcept {
    deadline_ = steady_clock::now() + span;
    if (phase_ != connection_phase::working)
      enter(connection_phase::working, {});
  }
  /// The first byte of a request must be there by `deadline`; until then the connection is idle.
  /// Idle connections are closed at once when the server drains or needs their places.
  void expect_request(steady_clock::time_point deadline) noexcept;
  /// The same for a body that has been slower than the minimum rate since `since`.
  void expect_body(steady_clock::time_point since, steady_clock::time_point deadline) noexcept;
  steady_clock::time_point deadline() const noexcept { return deadline_; }
  bool timed_out() const noexcept { return timed_out_; }
  /// Takes note of a deadline that passed, so that the next one counts anew.
  void forgive_timeout() noexcept { timed_out_ = false; }

  /// From now on it holds bytes of `share`, which outlives it: while others wait for those, it is
  /// cut as late once nothing has moved for `patience`.
  void hold(const byte_budget& share, std::chrono::milliseconds patience) noexcept;
  void hold_no_more() noexcept { held_ = nullptr; }

  connection_phase phase() const noexcept { return phase_; }
  bool is_idle() const noexcept { return phase_ == connection_phase::idle; }
  /// Since when it is idle, or its body too slow.
  steady_clock::time_point since() const noexcept { return since_; }

  /// Lets the other connections of the thread have their turn.
  boost::asio::awaitable<void> give_way();

  /// Waits for bytes and reads what is there, at least one.
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer space, error_code& ec);
  /// Reads what is there without waiting, until `space` is full or nothing more is there; `eof`
  /// where the peer has closed.
  std::size_t read_ready(std::span<std::byte> space, error_code& ec);
  /// Reads what is there without waiting, at most about `limit` bytes, and drops it; `eof` as
  /// above.
  std::uint64_t drop_ready(std::uint64_t limit, error_code& ec);
  boost::asio::awaitable<void> wait_readable(error_code& ec);

  /// Writes both, in one system call if the stream takes it. `more` announces bytes to follow at
  /// once.
  boost::asio::awaitable<void> write(std::string_view head, std::string_view body, bool more,
                                     error_code& ec);
  /// Writes what the stream takes without waiting and consumes it from `head` and `body`. False if
  /// some is left and `ec` is not set: `write` does the rest.
  bool write_ready(std::string_view& head, std::string_view& body, bool more, error_code& ec);
  /// Sends `length` bytes of `file` from `offset`. Errors: eof (the file is shorter), io_error and
  /// what else reading it says, those of `write`.
  boost::asio::awaitable<void> send_file(int file, std::uint64_t offset, std::uint64_t length,
                                         error_code& ec);

  /// Says that nothing more will be sent.
  void end_output(error_code& ec) { stream_->end_output(ec); }
  void close() noexcept { stream_->close(); }

  /// Bytes sent so far, of all answers.
  std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }

  /// For the list that holds this connection.
  void check_deadline(steady_clock::time_point now);
  /// Ends whatever the connection waits for, now and from now on.
  void abort();
  bool is_aborted() const noexcept { return aborted_; }
  /// Ends what it waits for, because others need its place, which is theirs from now on: an idle
  /// connection closes, a body is answered as late.
  void give_up();
  bool is_given_up() const noexcept { return given_up_; }
  /// Whether bytes of the peer wait to be read.
  bool has_bytes() { return stream_->has_bytes(); }
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
  /// Null while it holds nothing that others may wait for.
  const byte_budget* held_ = nullptr;
  std::chrono::milliseconds patience_{0};
  /// When bytes came or went last; only kept while it holds some.
  steady_clock::time_point moved_{};
  bool timed_out_ = false;
  bool aborted_ = false;
  bool given_up_ = false;
  connection_phase phase_ = connection_phase::idle;
  steady_clock::time_point since_ = steady_clock::now();
  connection_list* list_ = nullptr;
};

} // namespace gantry::net
