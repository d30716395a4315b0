// One HTTP/1.1 connection to a server.
#pragma once

#include "client/errors.hpp"
#include "client/message.hpp"
#include "client/stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace gantry::client {

using steady_clock = std::chrono::steady_clock;

struct connection_settings {
  /// An exchange that takes longer fails with `timed_out`.
  std::chrono::milliseconds timeout{60'000};
  /// The field User-Agent.
  std::string user_agent = "gantry";
  /// Sends `Connection: close` and opens a connection per exchange, as skopeo and docker do.
  bool reconnect = false;
};

/// Connects on the first exchange, stays open unless `reconnect` is set, and reconnects if it was
/// closed.
///
/// Belongs to the thread of its `io_context`; one exchange at a time. Has no timer: the owner calls
/// `check_deadline` regularly, which is cheaper with thousands of connections.
class connection {
public:
  connection(boost::asio::io_context& context, peer server, connection_settings settings);

  /// Sends the request and reads the response, without the interim ones (1xx). Closes the
  /// connection after a failure. Errors: those of sockets and of OpenSSL; `timed_out`;
  /// `operation_aborted`; `eof` if the server closes before the end of the response; Beast's if the
  /// response is not HTTP or a kept body is too large.
  boost::asio::awaitable<void> exchange(const request& what, body_use use, response& into,
                                        error_code& ec);

  /// Sends the head and the first `bytes` of the body, then closes the connection, like a client
  /// that disappears during an upload. Errors: those of sockets and of OpenSSL, `timed_out`,
  /// `operation_aborted`.
  boost::asio::awaitable<void> cut_off(const request& what, std::uint64_t bytes, error_code& ec);

  /// When the last exchange began: before it connected.
  steady_clock::time_point begun() const noexcept { return begun_; }

  /// Fails the exchange in progress if it has taken too long by `now`.
  void check_deadline(steady_clock::time_point now);
  /// Fails the exchange in progress and all later ones with `operation_aborted`.
  void abort();
  bool is_aborted() const noexcept { return aborted_; }
  /// What was wrong with the server's certificate. Empty: nothing.
  std::string certificate_fault() const { return stream_.certificate_fault(); }

private:
  void begin() noexcept;
  /// Replaces the error of a closed socket with the reason why it was closed.
  void end(error_code& ec) noexcept;
  /// Does nothing if there is a connection.
  boost::asio::awaitable<void> connect(error_code& ec);
  /// The head, and the first `bytes` of the body.
  boost::asio::awaitable<void> send(const request& what, std::uint64_t bytes, error_code& ec);
  boost::asio::awaitable<void> receive(const request& what, body_use use, response& into,
                                       error_code& ec);
  void write_head(const request& what);
  void close();

  stream stream_;
  connection_settings settings_;
  boost::beast::flat_buffer buffer_;
  std::string head_;
  std::vector<boost::asio::const_buffer> buffers_;
  steady_clock::time_point begun_{};
  steady_clock::time_point last_use_{};
  /// `max()` between two exchanges.
  steady_clock::time_point deadline_ = steady_clock::time_point::max();
  bool timed_out_ = false;
  bool aborted_ = false;
};

} // namespace gantry::client
