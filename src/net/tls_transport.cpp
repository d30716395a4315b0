#include "net/tls_transport.hpp"

#include <boost/asio/error.hpp>
#include <openssl/err.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace asio = boost::asio;
namespace errc = boost::system::errc;

namespace gantry::net {

namespace {

/// The most bytes of text in a record.
constexpr std::size_t record_size = 16 * 1024;
/// Bytes of text that are encrypted before they are sent: several records in one system call, which
/// finds them in the processor's cache.
constexpr std::size_t batch_size = 4 * record_size;
/// OpenSSL's buffer for a peer that sends faster than it is read: several records in one system
/// call.
constexpr std::size_t busy_read_size = 64 * 1024;

using batch = std::array<char, batch_size>;

/// Text that is put together, for use during one call.
batch& scratch() {
  thread_local const auto made = std::make_unique<batch>();
  return *made;
}

/// What others on this thread have left would be taken for the reason of a failure.
void forget_errors() {
  if (::ERR_peek_error() != 0)
    ::ERR_clear_error();
}

asio::awaitable<void> no_wait() {
  co_return;
}

} // namespace

tls_transport::tls_transport(stream_socket socket, std::shared_ptr<const tls_context> own)
  : socket_{std::move(socket)}, own_{std::move(own)}, ssl_{own_->connect()} {
  auto* const bio = bio_.make();
  ::SSL_set_bio(ssl_.get(), bio, bio);
}

asio::awaitable<void> tls_transport::open(error_code& ec) {
  for (;;) {
    forget_errors();
    const auto done = ::SSL_do_handshake(ssl_.get());
    const auto stopped = done == 1 ? error_code{} : reason_of(done);
    if (bio_.is_text()) {
      stage_ = stage::plain;
      ec = make_error_code(errc::wrong_protocol_type);
      co_return;
    }
    // In TLS 1.3, only a ticket is left to be sent at the end: it waits for the first response.
    const bool is_last = done == 1 && ::SSL_version(ssl_.get()) >= TLS1_3_VERSION;
    const auto all_sent = bio_.flush(is_last, ec);
    if (is_certificate_refusal(stopped))
      stage_ = stage::refused;
    if (!ec && stopped != asio::error::would_block)
      ec = stopped;
    if (ec)
      co_return;
    if (done == 1 && all_sent)
      break;
    if (all_sent)
      bio_.received(co_await socket_.read_some(bio_.space(), ec), ec);
    else
      co_await socket_.wait_writable(ec);
    if (ec)
      co_return;
  }
  stage_ = stage::encrypted;
  certificate_ = certificate_of(ssl_.get());
}

error_code tls_transport::reason_of(int failure) {
  const auto kind = ::SSL_get_error(ssl_.get(), failure);
  const auto refused = kind == SSL_ERROR_SSL ? certificate_refusal(ssl_.get()) : error_code{};
  ::ERR_clear_error();
  switch (kind) {
  case SSL_ERROR_WANT_READ: return asio::error::would_block;
  case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
  case SSL_ERROR_SYSCALL:
    if (const auto& failed = bio_.read_error(); failed && failed != asio::error::eof)
      return failed;
    return asio::error::connection_reset;
  default: return refused ? refused : make_error_code(errc::protocol_error);
  }
}

std::size_t tls_transport::read_ready(std::span<std::byte> space, error_code& ec) {
  if (stage_ == stage::plain || stage_ == stage::refused)
    return socket_.read_ready(space, ec);
  if (space.empty())
    return 0;
  // Applies when OpenSSL needs a buffer next.
  ::SSL_set_default_read_buffer_len(ssl_.get(), bio_.is_busy() ? busy_read_size : 0);
  forget_errors();
  std::size_t taken = 0;
  const auto done = ::SSL_read_ex(ssl_.get(), space.data(), space.size(), &taken);
  if (done != 1)
    ec = reason_of(done);
  flush_answer(ec);
  return taken;
}

/// OpenSSL may have answered new keys, or reported a failure. That the socket is full is no error:
/// the next write finds out.
void tls_transport::flush_answer(error_code& ec) {
  if (!bio_.has_output())
    return;
  error_code failed;
  bio_.flush(false, failed);
  if (failed && (!ec || ec == asio::error::would_block))
    ec = failed;
}

error_code tls_transport::peek() {
  forget_errors();
  std::byte first{};
  std::size_t taken = 0;
  const auto done = ::SSL_peek_ex(ssl_.get(), &first, 1, &taken);
  auto stopped = done == 1 ? error_code{} : reason_of(done);
  flush_answer(stopped);
  return stopped;
}

/// Not by OpenSSL: it would take bytes from the socket that a pending wait is to find.
bool tls_transport::has_bytes() {
  return (stage_ != stage::plain && has_read_ahead()) || socket_.has_bytes();
}

bool tls_transport::has_ended() {
  if (stage_ == stage::plain)
    return socket_.has_ended();
  const auto stopped = peek();
  return stopped && stopped != asio::error::would_block;
}

bool tls_transport::has_read_ahead() const noexcept {
  return bio_.has_received() || ::SSL_has_pending(ssl_.get()) == 1 || has_peer_ended();
}

bool tls_transport::has_peer_ended() const noexcept {
  return (::SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

asio::awaitable<std::size_t> tls_transport::read_some(asio::mutable_buffer space, error_code& ec) {
  if (stage_ == stage::plain)
    co_return co_await socket_.read_some(space, ec);
  const std::span room{static_cast<std::byte*>(space.data()), space.size()};
  for (;;) {
    if (has_read_ahead()) {
      const auto taken = read_ready(room, ec);
      if (taken > 0 || ec != asio::error::would_block)
        co_return taken;
      ec.clear();
    }
    bio_.received(co_await socket_.read_some(bio_.space(), ec), ec);
    if (ec)
      co_return std::size_t{0};
  }
}

asio::awaitable<void> tls_transport::wait_readable(error_code& ec) {
  if (stage_ == stage::encrypted && has_read_ahead() && peek() != asio::error::would_block)
    return no_wait();
  return socket_.wait_readable(ec);
}

void tls_transport::encrypt(std::string_view text, error_code& ec) {
  forget_errors();
  std::size_t taken = 0;
  const auto done = ::SSL_write_ex(ssl_.get(), text.data(), text.size(), &taken);
  if (done != 1)
    ec = reason_of(done);
}

/// Encrypts a batch, its first record out of both. Returns its bytes of text.
std::size_t tls_transport::encrypt(std::string_view head, std::string_view body, error_code& ec) {
  std::size_t taken = 0;
  if (!head.empty()) {
    auto& text = scratch();
    head = head.substr(0, record_size);
    const auto begin = body.substr(0, record_size - head.size());
    head.copy(text.data(), head.size());
    begin.copy(text.data() + head.size(), begin.size());
    taken = head.size() + begin.size();
    encrypt({text.data(), taken}, ec);
    body.remove_prefix(begin.size());
  }
  const auto rest = body.substr(0, batch_size - taken);
  if (!rest.empty() && !ec)
    encrypt(rest, ec);
  return taken + rest.size();
}

std::size_t tls_transport::encrypt_file(int file, std::uint64_t offset, std::uint64_t length,
                                        error_code& ec) {
  auto& text = scratch();
  const auto wanted = std::min<std::uint64_t>(text.size(), length);
  ssize_t got = -1;
  do
    got = ::pread(file, text.data(), wanted, static_cast<off_t>(offset));
  while (got < 0 && errno == EINTR);
  if (got > 0)
    encrypt({text.data(), static_cast<std::size_t>(got)}, ec);
  else
    ec =
      got == 0 ? error_code{asio::error::eof} : error_code{errno, boost::system::system_category()};
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

template <class Encrypt>
std::uint64_t tls_transport::send(std::uint64_t length, bool more, error_code& ec,
                                  Encrypt encrypt) {
  if (bio_.is_blocked() && !bio_.flush(more, ec)) {
    if (!ec)
      ec = asio::error::would_block;
    return 0;
  }
  std::uint64_t sent = std::min(std::exchange(held_back_, 0), length);
  if (sent > 0)
    return sent;
  while (sent < length) {
    const std::uint64_t taken = encrypt(sent, ec);
    if (ec) {
      socket_bio::discard_output();
      break;
    }
    if (!bio_.flush(more || sent + taken < length, ec)) {
      held_back_ = taken;
      break;
    }
    sent += taken;
  }
  if (sent == 0 && length > 0 && !ec)
    ec = asio::error::would_block;
  return sent;
}

std::size_t tls_transport::write_ready(std::string_view head, std::string_view body, bool more,
                                       error_code& ec) {
  if (stage_ == stage::plain)
    return socket_.write_ready(head, body, more, ec);
  return send(head.size() + body.size(), more, ec, [&](std::uint64_t sent, error_code& failed) {
    const auto of_head = std::min<std::uint64_t>(sent, head.size());
    return encrypt(head.substr(of_head), body.substr(sent - of_head), failed);
  });
}

std::uint64_t tls_transport::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                       error_code& ec) {
  if (stage_ == stage::plain)
    return socket_.send_file(file, offset, length, ec);
  return send(length, false, ec, [&](std::uint64_t sent, error_code& failed) {
    return encrypt_file(file, offset + sent, length - sent, failed);
  });
}

void tls_transport::say_goodbye() noexcept {
  if (stage_ != stage::encrypted || bio_.is_blocked() || std::exchange(has_said_goodbye_, true))
    return;
  forget_errors();
  ::SSL_shutdown(ssl_.get());
  ::ERR_clear_error();
  error_code ignored;
  bio_.flush(false, ignored);
}

void tls_transport::end_output(error_code& ec) {
  if (bio_.is_blocked())
    bio_.flush(false, ec);
  if (!ec)
    say_goodbye();
  if (!ec && bio_.is_blocked())
    ec = asio::error::would_block;
  if (!ec)
    socket_.end_output(ec);
}

void tls_transport::close() noexcept {
  say_goodbye();
  socket_.close();
}

} // namespace gantry::net
