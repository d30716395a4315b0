// The bytes of a connection: a socket, and TLS over it where the peer speaks that.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace gantry::bench {

using boost::system::error_code;

/// Whom a connection is made to.
struct peer {
  boost::asio::ip::tcp::endpoint address;
  /// Whom the certificate has to be for: a name or an IP address.
  std::string host;
  /// For the Host field.
  std::string authority;
  /// Null: plain HTTP.
  std::shared_ptr<boost::asio::ssl::context> tls = {};
};

/// Belongs to the thread of its `io_context`; one operation at a time.
class wire {
public:
  wire(boost::asio::io_context& context, peer other);
  ~wire();
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  /// Precondition: closed. Errors: those of sockets and of OpenSSL.
  boost::asio::awaitable<void> connect(error_code& ec);
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into, error_code& ec);
  /// All of them.
  boost::asio::awaitable<std::size_t> write(const std::vector<boost::asio::const_buffer>& bytes,
                                            error_code& ec);
  /// Ends what is on its way.
  void close();
  bool is_open() const { return socket_.is_open(); }
  /// Whether the peer has closed it. Precondition: open, and no answer is awaited.
  bool has_ended();

  const peer& other() const noexcept { return other_; }
  /// What was wrong with the peer's certificate at the last `connect`; empty where nothing was.
  std::string certificate_fault() const;

private:
  struct session;

  peer other_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<session> tls_;
};

} // namespace gantry::bench
