#include "net/tcp_transport.hpp"

#include "net/networks.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace asio = boost::asio;

namespace gantry::net {

namespace {

using asio::ip::tcp;

error_code last_error() {
  if (errno == EAGAIN)
    return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

/// Repeats a system call while signals interrupt it.
template <class Call>
ssize_t uninterrupted(Call call) {
  ssize_t result = -1;
  do
    result = call();
  while (result < 0 && errno == EINTR);
  return result;
}

} // namespace

std::string to_peer(const tcp::endpoint& address) {
  const auto host = unmapped(address.address());
  const auto text = host.to_string();
  return (host.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(address.port());
}

std::string peer_of(const stream_socket& socket) {
  error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec)
    return "-";
  if (remote.protocol().family() == AF_UNIX)
    return std::string{unix_peer};
  return to_peer(as_tcp(remote));
}

tcp_transport::tcp_transport(stream_socket socket) : socket_{std::move(socket)} {
  error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.native_non_blocking(true, ignored);
}

std::size_t tcp_transport::read_ready(std::span<std::byte> space, error_code& ec) {
  if (space.empty())
    return 0;
  const auto n = uninterrupted(
    [&] { return ::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT); });
  if (n > 0)
    return static_cast<std::size_t>(n);
  ec = n == 0 ? error_code{asio::error::eof} : last_error();
  return 0;
}

bool tcp_transport::has_bytes() {
  return peek() > 0;
}

bool tcp_transport::has_ended() {
  const auto n = peek();
  return n == 0 || (n < 0 && errno != EAGAIN);
}

ssize_t tcp_transport::peek() {
  std::byte first{};
  return uninterrupted(
    [&] { return ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT); });
}

std::size_t tcp_transport::write_ready(std::string_view head, std::string_view body, bool more,
                                       error_code& ec) {
  const auto part = [](std::string_view text) {
    return iovec{const_cast<char*>(text.data()), text.size()};
  };
  std::array<iovec, 2> parts{part(head), part(body)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const auto flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
  const auto n = uninterrupted([&] { return ::sendmsg(socket_.native_handle(), &message, flags); });
  if (n >= 0)
    return static_cast<std::size_t>(n);
  ec = last_error();
  return 0;
}

std::uint64_t tcp_transport::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                       error_code& ec) {
  auto position = static_cast<off_t>(offset);
  const auto n =
    uninterrupted([&] { return ::sendfile(socket_.native_handle(), file, &position, length); });
  if (n > 0)
    return static_cast<std::uint64_t>(n);
  ec = n == 0 ? error_code{asio::error::eof} : last_error();
  return 0;
}

asio::awaitable<std::size_t> tcp_transport::read_some(asio::mutable_buffer space, error_code& ec) {
  return socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<void> tcp_transport::wait_readable(error_code& ec) {
  return socket_.async_wait(asio::socket_base::wait_read,
                            asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<void> tcp_transport::wait_writable(error_code& ec) {
  return socket_.async_wait(asio::socket_base::wait_write,
                            asio::redirect_error(asio::use_awaitable, ec));
}

void tcp_transport::end_output(error_code& ec) {
  socket_.shutdown(tcp::socket::shutdown_send, ec);
}

void tcp_transport::abort() noexcept {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
}

void tcp_transport::close() noexcept {
  error_code ignored;
  socket_.close(ignored);
}

void tcp_transport::reset() noexcept {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

} // namespace gantry::net
