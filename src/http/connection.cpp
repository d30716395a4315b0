#include "http/connection.hpp"

#include "http/connection_list.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace asio = boost::asio;

namespace gantry::http {

namespace {

/// Bytes a sendfile call may move: larger slices starve the thread's other connections, smaller
/// ones cost system calls.
constexpr std::uint64_t slice_size = 1024 * 1024;
/// Slices after which the other connections of the thread get their turn.
constexpr unsigned slices_a_turn = 8;

std::string describe(const asio::ip::tcp::socket& socket) {
  error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec)
    return "-";
  // What comes to `::` by IPv4 has an IPv6 address that holds the other.
  auto host = peer.address();
  if (host.is_v6() && host.to_v6().is_v4_mapped())
    host = asio::ip::make_address_v4(asio::ip::v4_mapped, host.to_v6());
  const auto text = host.to_string();
  return (host.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(peer.port());
}

/// As sendmsg(2). Nearly always there is room for all of an answer's head and text.
ssize_t send_ready(int socket, std::string_view head, std::string_view body, bool more) {
  const auto part = [](std::string_view text) {
    return iovec{const_cast<char*>(text.data()), text.size()};
  };
  std::array<iovec, 2> parts{part(head), part(body)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

error_code last_error() {
  return {errno, boost::system::system_category()};
}

} // namespace

connection::connection(asio::ip::tcp::socket socket, std::chrono::milliseconds send_timeout)
  : socket_{std::move(socket)}, remote_{describe(socket_)}, send_timeout_{send_timeout} {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.native_non_blocking(true, ignored);
}

void connection::expect_request(steady_clock::time_point deadline) noexcept {
  deadline_ = deadline;
  enter(connection_phase::idle, steady_clock::now());
}

void connection::expect_body(steady_clock::time_point since,
                             steady_clock::time_point deadline) noexcept {
  deadline_ = deadline;
  enter(connection_phase::receiving, since);
}

void connection::enter(connection_phase phase, steady_clock::time_point since) noexcept {
  phase_ = given_up_ ? connection_phase::working : phase; // its place is gone already
  since_ = since;
  if (list_)
    list_->sort_in(*this);
}

asio::awaitable<void> connection::give_way() {
  return asio::post(socket_.get_executor(), asio::use_awaitable);
}

asio::awaitable<std::size_t> connection::read_some(asio::mutable_buffer space, error_code& ec) {
  return socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, ec));
}

std::size_t connection::read_ready(std::span<std::byte> space, error_code& ec) {
  std::size_t taken = 0;
  while (taken < space.size()) {
    const auto n =
      ::recv(socket_.native_handle(), space.data() + taken, space.size() - taken, MSG_DONTWAIT);
    if (n > 0) {
      taken += static_cast<std::size_t>(n);
    } else if (n == 0) {
      ec = asio::error::eof;
      break;
    } else if (errno != EINTR) {
      if (errno != EAGAIN)
        ec = last_error();
      break;
    }
  }
  if (taken > 0)
    note_movement();
  return taken;
}

std::uint64_t connection::drop_ready(std::uint64_t limit, error_code& ec) {
  std::array<std::byte, 16 * 1024> sink; // here, and not in the frame of a coroutine that waits
  std::uint64_t dropped = 0;
  for (auto taken = sink.size(); taken == sink.size() && dropped < limit && !ec;) {
    taken = read_ready(sink, ec);
    dropped += taken;
  }
  return dropped;
}

asio::awaitable<void> connection::wait_readable(error_code& ec) {
  return socket_.async_wait(asio::socket_base::wait_read,
                            asio::redirect_error(asio::use_awaitable, ec));
}

bool connection::write_ready(std::string_view& head, std::string_view& body, bool more,
                             error_code& ec) {
  expect_within(send_timeout_);
  while (!head.empty() || !body.empty()) {
    const auto n = send_ready(socket_.native_handle(), head, body, more);
    if (n >= 0) {
      const auto sent = static_cast<std::size_t>(n);
      bytes_sent_ += sent;
      note_movement();
      const auto of_head = std::min(sent, head.size());
      head.remove_prefix(of_head);
      body.remove_prefix(sent - of_head);
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      ec = last_error();
      return true;
    }
  }
  return true;
}

asio::awaitable<void> connection::write(std::string_view head, std::string_view body, bool more,
                                        error_code& ec) {
  while (!write_ready(head, body, more, ec)) {
    co_await socket_.async_wait(asio::socket_base::wait_write,
                                asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
      co_return;
  }
}

asio::awaitable<void> connection::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                            error_code& ec) {
  auto position = static_cast<off_t>(offset);
  expect_within(send_timeout_);
  for (unsigned slices = 0; length > 0;) {
    const auto n =
      ::sendfile(socket_.native_handle(), file, &position, std::min(length, slice_size));
    if (n > 0) {
      length -= static_cast<std::uint64_t>(n);
      bytes_sent_ += static_cast<std::uint64_t>(n);
      note_movement();
      if (++slices == slices_a_turn) {
        slices = 0;
        expect_within(send_timeout_);
        co_await give_way();
      }
      continue;
    }
    if (n == 0)
      ec = asio::error::eof;
    else if (errno == EAGAIN)
      co_await socket_.async_wait(asio::socket_base::wait_write,
                                  asio::redirect_error(asio::use_awaitable, ec));
    else if (errno != EINTR)
      ec = last_error();
    if (ec)
      co_return;
    slices = 0;
    expect_within(send_timeout_);
  }
}

void connection::hold(const byte_budget& share, std::chrono::milliseconds patience) noexcept {
  held_ = &share;
  patience_ = patience;
  note_movement();
}

void connection::note_movement() noexcept {
  if (held_)
    moved_ = steady_clock::now();
}

bool connection::stands_in_the_way(steady_clock::time_point now) const noexcept {
  return held_ && now - moved_ >= patience_ && held_->waiting() > 0;
}

void connection::check_deadline(steady_clock::time_point now) {
  if (now < deadline_ && !aborted_ && !stands_in_the_way(now))
    return;
  timed_out_ = true;
  cancel_.emit(asio::cancellation_type::terminal);
}

void connection::give_up() {
  const auto was_idle = is_idle();
  given_up_ = true;
  enter(connection_phase::working, {});
  if (was_idle)
    return abort();
  timed_out_ = true;
  cancel_.emit(asio::cancellation_type::terminal);
}

bool connection::has_bytes() {
  std::byte first{};
  return ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void connection::abort() {
  aborted_ = true;
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  check_deadline(steady_clock::now());
}

} // namespace gantry::http
