// Between OpenSSL and the socket of a connection.
#pragma once

#include "net/tcp_transport.hpp"

#include <openssl/bio.h>

#include <array>
#include <cstddef>
#include <string>

namespace gantry::net {

/// OpenSSL reads what a wait has received, then from the socket. What it writes is gathered in a
/// buffer of the thread, until `flush`: several records take one system call, and only what the
/// socket does not accept takes memory of the connection. So OpenSSL's writes never have to wait.
class socket_bio {
public:
  /// `socket` outlives it.
  explicit socket_bio(tcp_transport& socket) : socket_{socket} {}
  socket_bio(const socket_bio&) = delete;
  socket_bio& operator=(const socket_bio&) = delete;

  /// A new BIO that refers to this object. Throws std::bad_alloc.
  BIO* make();

  /// Where a wait receives what OpenSSL reads next, usually a whole request. Precondition: a read
  /// has found nothing.
  boost::asio::mutable_buffer space() noexcept { return boost::asio::buffer(received_); }
  /// That many bytes have come. The end of the stream is no error here; OpenSSL's next read finds
  /// it.
  void received(std::size_t bytes, error_code& ec) noexcept;
  /// Whether a read finds something without asking the socket.
  bool has_received() const noexcept { return begin_ < end_ || received_last_; }
  /// Whether the last read filled OpenSSL's buffer: the peer sends faster than it is read.
  bool is_busy() const noexcept { return is_busy_; }
  /// Why the last read of the socket failed.
  const error_code& read_error() const noexcept { return read_error_; }
  /// Whether the peer's first byte begins a request of HTTP instead of a record of TLS.
  bool is_text() const noexcept { return is_text_; }

  /// Sends what OpenSSL has written since the last call, after what was left over. With `more`,
  /// which says that more follows immediately, a little waits for that. False if the socket did not
  /// accept all, or on failure.
  bool flush(bool more, error_code& ec);
  /// Whether OpenSSL has written since the last `flush`.
  static bool has_output() noexcept;
  /// Forgets that, after a failure: the buffer belongs to the thread, and the next connection must
  /// not send it.
  static void discard_output() noexcept;
  /// Whether the socket did not accept all.
  bool is_blocked() const noexcept { return is_blocked_; }

private:
  static int read(BIO* bio, char* space, int size);
  static int write(BIO* bio, const char* bytes, int size);
  static long control(BIO* bio, int command, long number, void* pointer);
  static const BIO_METHOD* method();

  int take(char* space, int size);

  tcp_transport& socket_;
  error_code read_error_;
  std::string unsent_;
  bool has_begun_ = false;
  bool is_text_ = false;
  bool is_busy_ = false;
  bool is_blocked_ = false;
  /// The end of the stream.
  bool received_last_ = false;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  /// As large as what a session reads of a head at once.
  std::array<char, 1024> received_;
};

} // namespace gantry::net
