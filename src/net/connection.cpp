#include "net/connection.hpp"

#include "net/connection_list.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace asio = boost::asio;

namespace gantry::net {

namespace {

/// Bytes per call: larger slices starve the thread's other connections, smaller ones cost
/// system calls.
constexpr std::uint64_t slice_size = 1024 * 1024;
/// Slices before the thread's other connections get a turn.
constexpr unsigned slices_a_turn = 8;

} // namespace

connection::connection(std::unique_ptr<transport> stream, std::chrono::milliseconds send_timeout)
  : stream_{std::move(stream)}, remote_{stream_->peer()}, send_timeout_{send_timeout} {}

asio::awaitable<void> connection::open(error_code& ec) {
  co_await stream_->open(ec);
  if (stream_->relayed() != relay::none)
    remote_ = stream_->peer(); // the proxy has said who that is
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
  phase_ = given_up_ ? connection_phase::working : phase; // its place was given up already
  since_ = since;
  if (list_)
    list_->sort_in(*this);
}

asio::awaitable<void> connection::give_way() {
  return asio::post(stream_->executor(), asio::use_awaitable);
}

asio::awaitable<std::size_t> connection::read_some(asio::mutable_buffer space, error_code& ec) {
  return stream_->read_some(space, ec);
}

std::size_t connection::read_ready(std::span<std::byte> space, error_code& ec) {
  std::size_t taken = 0;
  error_code stopped;
  while (taken < space.size() && !stopped)
    taken += stream_->read_ready(space.subspan(taken), stopped);
  if (stopped && stopped != asio::error::would_block)
    ec = stopped;
  if (taken > 0)
    note_movement();
  return taken;
}

std::uint64_t connection::drop_ready(std::uint64_t limit, error_code& ec) {
  std::array<std::byte, 16 * 1024> sink; // here, so that no waiting coroutine's frame holds it
  std::uint64_t dropped = 0;
  for (auto taken = sink.size(); taken == sink.size() && dropped < limit && !ec;) {
    taken = read_ready(sink, ec);
    dropped += taken;
  }
  return dropped;
}

asio::awaitable<void> connection::wait_readable(error_code& ec) {
  return stream_->wait_readable(ec);
}

bool connection::write_ready(std::string_view& head, std::string_view& body, bool more,
                             error_code& ec) {
  expect_within(send_timeout_);
  for (unsigned slices = 0; !head.empty() || !body.empty(); ++slices) {
    if (slices == slices_a_turn)
      return false;
    const auto slice = body.substr(0, slice_size);
    error_code stopped;
    const auto sent =
      stream_->write_ready(head, slice, more || slice.size() < body.size(), stopped);
    if (stopped == asio::error::would_block)
      return false;
    if (stopped) {
      ec = stopped;
      return true;
    }
    bytes_sent_ += sent;
    note_movement();
    const auto of_head = std::min(sent, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(sent - of_head);
  }
  return true;
}

asio::awaitable<void> connection::write(std::string_view head, std::string_view body, bool more,
                                        error_code& ec) {
  if (!write_ready(head, body, more, ec))
    co_await write_rest(head, body, more, ec);
}

asio::awaitable<void> connection::write_rest(std::string_view head, std::string_view body,
                                             bool more, error_code& ec) {
  do
    co_await stream_->wait_writable(ec);
  while (!ec && !write_ready(head, body, more, ec));
}

asio::awaitable<void> connection::end_output(error_code& ec) {
  expect_within(send_timeout_);
  for (;;) {
    error_code stopped;
    stream_->end_output(stopped);
    if (stopped != asio::error::would_block) {
      ec = stopped;
      co_return;
    }
    co_await stream_->wait_writable(ec);
    if (ec)
      co_return;
  }
}

asio::awaitable<void> connection::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                            error_code& ec) {
  expect_within(send_timeout_);
  for (unsigned slices = 0; length > 0;) {
    error_code stopped;
    const auto sent = stream_->send_file(file, offset, std::min(length, slice_size), stopped);
    offset += sent;
    length -= sent;
    bytes_sent_ += sent;
    if (!stopped) {
      note_movement();
      if (++slices < slices_a_turn)
        continue;
      co_await give_way();
    } else if (stopped == asio::error::would_block) {
      co_await stream_->wait_writable(ec);
    } else {
      ec = stopped;
    }
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

void connection::abort() {
  aborted_ = true;
  stream_->abort();
  check_deadline(steady_clock::now());
}

} // namespace gantry::net
