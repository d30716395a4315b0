#include "net/socket_bio.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <new>
#include <span>
#include <string_view>

namespace asio = boost::asio;

namespace gantry::net {

namespace {

/// Bytes: a batch of records, or the server's part of a handshake.
constexpr std::size_t usual_output = 72 * 1024;
/// A peer that has OpenSSL answer without end, but reads no answer, is cut.
constexpr std::size_t max_unsent = 256 * 1024;

/// Less than this waits for what follows immediately.
constexpr std::size_t little = 4 * 1024;

/// What OpenSSL has written during the current call.
std::string& output() {
  thread_local std::string made = [] {
    std::string empty;
    empty.reserve(usual_output);
    return empty;
  }();
  return made;
}

} // namespace

BIO* socket_bio::make() {
  auto* const made = ::BIO_new(method());
  if (!made)
    throw std::bad_alloc{};
  ::BIO_set_data(made, this);
  ::BIO_set_init(made, 1);
  return made;
}

const BIO_METHOD* socket_bio::method() {
  static const auto* const made = [] {
    auto* const own = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (!own)
      throw std::bad_alloc{};
    ::BIO_meth_set_read(own, read);
    ::BIO_meth_set_write(own, write);
    ::BIO_meth_set_ctrl(own, control);
    return own;
  }();
  return made;
}

void socket_bio::received(std::size_t bytes, error_code& ec) noexcept {
  begin_ = 0;
  end_ = bytes;
  if (ec != asio::error::eof)
    return;
  ec.clear();
  received_last_ = true;
}

int socket_bio::take(char* space, int size) {
  const auto room = static_cast<std::size_t>(size);
  auto taken = std::min(room, end_ - begin_);
  std::memcpy(space, received_.data() + begin_, taken);
  begin_ += taken;
  read_error_.clear();
  if (taken == 0) {
    taken = socket_.read_ready(std::as_writable_bytes(std::span{space, room}), read_error_);
    is_busy_ = taken == room;
  }
  if (taken > 0 && !has_begun_) {
    has_begun_ = true;
    is_text_ = std::isalpha(static_cast<unsigned char>(*space)) != 0;
  }
  return is_text_ ? 0 : static_cast<int>(taken);
}

int socket_bio::read(BIO* bio, char* space, int size) {
  ::BIO_clear_retry_flags(bio);
  auto& self = *static_cast<socket_bio*>(::BIO_get_data(bio));
  const auto taken = self.take(space, size);
  if (self.read_error_ == asio::error::would_block)
    ::BIO_set_retry_read(bio);
  return taken > 0 ? taken : -1;
}

int socket_bio::write(BIO* bio, const char* bytes, int size) {
  ::BIO_clear_retry_flags(bio);
  try {
    output().append(bytes, static_cast<std::size_t>(size));
    return size;
  } catch (const std::bad_alloc&) {
    return -1; // OpenSSL's functions know no exceptions
  }
}

long socket_bio::control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

bool socket_bio::has_output() noexcept {
  return !output().empty();
}

void socket_bio::discard_output() noexcept {
  output().clear();
}

bool socket_bio::flush(bool more, error_code& ec) {
  auto& fresh = output();
  const bool waits = more && !is_blocked_ && unsent_.size() + fresh.size() < little;
  const bool joins = waits || !unsent_.empty();
  if (joins)
    unsent_.append(fresh);
  const std::string_view all = joins ? unsent_ : fresh;
  std::size_t sent = 0;
  if (!waits && !all.empty())
    sent = socket_.write_ready(all, {}, more, ec);
  if (ec == asio::error::would_block)
    ec.clear();
  is_blocked_ = !waits && sent < all.size();
  if (joins)
    unsent_.erase(0, sent);
  else if (is_blocked_)
    unsent_.assign(fresh, sent);
  fresh.clear();
  if (unsent_.empty())
    unsent_ = {}; // gives the memory back
  else if (unsent_.size() > max_unsent)
    ec = asio::error::no_buffer_space;
  return !is_blocked_ && !ec;
}

} // namespace gantry::net
