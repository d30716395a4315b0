// The byte stream under a connection: TCP, or TLS over it.
#pragma once

#include "client/errors.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace gantry::client {

/// The server at the other end of a connection.
struct peer {
  boost::asio::ip::tcp::endpoint address;
  /// The name or IP address that its certificate must be for.
  std::string host;
  /// The value of the Host field.
  std::string authority;
  /// Null: plain TCP.
  std::shared_ptr<boost::asio::ssl::context> tls = {};
};

/// Belongs to the thread of its `io_context`; one operation at a time.
class stream {
public:
  stream(boost::asio::io_context& context, peer server);
  ~stream();
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  /// Precondition: closed. Errors: those of sockets and of OpenSSL.
  boost::asio::awaitable<void> connect(error_code& ec);
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into, error_code& ec);
  /// Writes all of the bytes.
  boost::asio::awaitable<std::size_t> write(const std::vector<boost::asio::const_buffer>& bytes,
                                            error_code& ec);
  /// The operation in progress, if any, ends with an error.
  void close();
  bool is_open() const { return socket_.is_open(); }
  /// True if the server has closed the connection. Precondition: open, and no response is awaited.
  bool has_ended();

  const peer& server() const noexcept { return server_; }
  /// What was wrong with the server's certificate at the last `connect`. Empty: nothing.
  std::string certificate_fault() const;

private:
  struct tls_session;

  peer server_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<tls_session> tls_;
};

} // namespace gantry::client
