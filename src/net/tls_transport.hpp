// TLS over TCP, as the server.
#pragma once

#include "net/socket_bio.hpp"
#include "net/tls_context.hpp"

#include <memory>

namespace gantry::net {

class tls_transport final : public transport {
public:
  tls_transport(stream_socket socket, std::shared_ptr<const tls_context> own);
  tls_transport(const tls_transport&) = delete;
  tls_transport& operator=(const tls_transport&) = delete;

  boost::asio::any_io_executor executor() override { return socket_.executor(); }
  std::string peer() const override { return socket_.peer(); }
  bool is_secure() const noexcept override { return stage_ != stage::plain; }
  const peer_certificate* certificate() const noexcept override { return certificate_.get(); }
  bool must_open() const noexcept override { return stage_ == stage::unopened; }
  /// The handshake. Its cryptography, which takes less than a millisecond, runs on this thread.
  boost::asio::awaitable<void> open(error_code& ec) override;

  /// Errors: also protocol_error, and connection_reset if the stream ends without the peer having
  /// said so: it may have been truncated.
  std::size_t read_ready(std::span<std::byte> space, error_code& ec) override;
  bool has_bytes() override;
  bool has_ended() override;
  std::size_t write_ready(std::string_view head, std::string_view body, bool more,
                          error_code& ec) override;
  /// Errors: also those of pread(2).
  std::uint64_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          error_code& ec) override;
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer space,
                                                error_code& ec) override;
  boost::asio::awaitable<void> wait_readable(error_code& ec) override;
  boost::asio::awaitable<void> wait_writable(error_code& ec) override {
    return socket_.wait_writable(ec);
  }
  /// Also tells the peer, so that it knows that it has received everything.
  void end_output(error_code& ec) override;
  void abort() noexcept override { socket_.abort(); }
  void close() noexcept override;
  void reset() noexcept override { socket_.reset(); }

private:
  enum class stage : std::uint8_t {
    unopened,
    encrypted,
    /// The peer speaks HTTP without TLS.
    plain,
    /// The peer's certificate does not count. What the peer still sends is only to be dropped.
    refused,
  };

  /// What a wait would wait for may have been read already.
  bool has_read_ahead() const noexcept;
  /// The peer has said that it sends nothing more.
  bool has_peer_ended() const noexcept;
  error_code peek();
  void flush_answer(error_code& ec);
  error_code reason_of(int failure);
  void encrypt(std::string_view text, error_code& ec);
  std::size_t encrypt(std::string_view head, std::string_view body, error_code& ec);
  std::size_t encrypt_file(int file, std::uint64_t offset, std::uint64_t length, error_code& ec);
  /// Sends `length` bytes, which `encrypt(sent, ec)` encrypts a batch at a time.
  template <class Encrypt>
  std::uint64_t send(std::uint64_t length, bool more, error_code& ec, Encrypt encrypt);
  void say_goodbye() noexcept;

  tcp_transport socket_;
  const std::shared_ptr<const tls_context> own_;
  socket_bio bio_{socket_};
  ssl_handle ssl_;
  /// Null without one.
  std::unique_ptr<const peer_certificate> certificate_;
  stage stage_ = stage::unopened;
  bool has_said_goodbye_ = false;
  /// Bytes that are encrypted but not all sent: the caller offers them again.
  std::uint64_t held_back_ = 0;
};

} // namespace gantry::net
