// One connection of a client: HTTP/1.1, kept alive, opened anew when it is needed again.
#pragma once

#include "bench/message.hpp"
#include "bench/wire.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace gantry::bench {

using steady_clock = std::chrono::steady_clock;

/// Belongs to the thread of its `io_context`; one exchange at a time. Somebody calls
/// `check_deadline` every now and then.
class client_connection {
public:
  /// An exchange that takes longer than `timeout` fails.
  client_connection(boost::asio::io_context& context, peer other,
                    std::chrono::milliseconds timeout);

  /// Connects where there is no connection, sends the request and reads the answer; interim ones
  /// (1xx) are passed over. After a failure the connection is closed. Errors: those of sockets and
  /// of OpenSSL, `timed_out`, `eof` where the peer closes before the end of the answer, and those
  /// of Beast where that is no HTTP or a kept body is too large.
  boost::asio::awaitable<void> exchange(const request& what, body_use use, response& answer,
                                        error_code& ec);

  /// Sends the head, and the body's first `bytes`; then the connection is closed, as if the client
  /// were lost. Errors: those of sockets, `timed_out`.
  boost::asio::awaitable<void> cut_off(const request& what, std::uint64_t bytes, error_code& ec);

  void check_deadline(steady_clock::time_point now);
  /// Ends the exchange that is on its way, and all to come, with `operation_aborted`.
  void abort();
  void close();
  bool is_aborted() const noexcept { return aborted_; }
  /// What was wrong with the peer's certificate; empty where nothing was.
  std::string certificate_fault() const { return wire_.certificate_fault(); }

private:
  void begin() noexcept;
  /// Says in `ec` why somebody else has ended it.
  void end(error_code& ec) noexcept;
  /// Unless there is a connection.
  boost::asio::awaitable<void> connect(error_code& ec);
  /// The head, and the body's first `bytes`.
  boost::asio::awaitable<void> send(const request& what, std::uint64_t bytes, error_code& ec);
  boost::asio::awaitable<void> receive(body_use use, bool to_head, response& answer,
                                       error_code& ec);
  void write_head(const request& what);

  wire wire_;
  std::chrono::milliseconds timeout_;
  boost::beast::flat_buffer buffer_;
  std::string head_;
  std::vector<boost::asio::const_buffer> buffers_;
  steady_clock::time_point last_use_{};
  steady_clock::time_point deadline_ = steady_clock::time_point::max();
  bool timed_out_ = false;
  bool aborted_ = false;
};

/// What an error is called in a report: "refused", "reset", "closed", "timed_out", "tls",
/// "bad_response", "body_too_large", "aborted", or the message of the system.
std::string name_of(const error_code& ec);

} // namespace gantry::bench
