// Plain bytes over TCP or a socket in the file system.
#pragma once

#include "net/socket.hpp"
#include "net/transport.hpp"

#include <string>
#include <utility>

namespace gantry::net {

/// The text of an address for `transport::peer`. An IPv4 address in IPv6 form is that IPv4 address.
std::string to_peer(const boost::asio::ip::tcp::endpoint& address);
/// `transport::peer` of a stream over this socket.
std::string peer_of(const stream_socket& socket);

class tcp_transport final : public transport {
public:
  /// Disables Nagle's algorithm and makes the socket non-blocking.
  explicit tcp_transport(stream_socket socket);

  boost::asio::any_io_executor executor() override { return socket_.get_executor(); }
  std::string peer() const override { return peer_of(socket_); }
  std::size_t read_ready(std::span<std::byte> space, error_code& ec) override;
  bool has_bytes() override;
  bool has_ended() override;
  std::size_t write_ready(std::string_view head, std::string_view body, bool more,
                          error_code& ec) override;
  std::uint64_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          error_code& ec) override;
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer space,
                                                error_code& ec) override;
  boost::asio::awaitable<void> wait_readable(error_code& ec) override;
  boost::asio::awaitable<void> wait_writable(error_code& ec) override;
  void end_output(error_code& ec) override;
  void abort() noexcept override;
  void close() noexcept override;
  void reset() noexcept override;

  /// The socket, for another transport. This one is of no more use.
  stream_socket release() && noexcept { return std::move(socket_); }

private:
  /// recv(2) of one byte that stays unread, without waiting.
  ssize_t peek();

  stream_socket socket_;
};

} // namespace gantry::net
