// A stream that begins with a header of its proxy.
#pragma once

#include "net/tcp_transport.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gantry::net {

/// Reads the header, then becomes the stream behind it. See `transport` for all members.
class proxied_transport final : public transport {
public:
  /// Makes the stream behind the header.
  using maker = std::function<std::unique_ptr<transport>(stream_socket)>;
  /// Whether a peer may have another connection; called once, when the header has come.
  using admission = std::function<bool(std::string_view peer)>;

  proxied_transport(stream_socket socket, maker make, admission admit);

  boost::asio::any_io_executor executor() override { return inner_->executor(); }
  /// Until the header has come, the proxy. A loopback address in it is the proxy's machine, which
  /// the proxy's own address names better.
  std::string peer() const override { return peer_; }
  relay relayed() const noexcept override { return relayed_; }
  bool is_secure() const noexcept override { return inner_->is_secure(); }
  const peer_certificate* certificate() const noexcept override { return inner_->certificate(); }

  /// Twice, if the stream behind the header has to be opened, too.
  bool must_open() const noexcept override { return !has_header_ || inner_->must_open(); }
  /// Errors: also those of `proxy_failure`, and connection_refused if the peer is not admitted,
  /// which then sees a reset.
  boost::asio::awaitable<void> open(error_code& ec) override;

  std::size_t read_ready(std::span<std::byte> space, error_code& ec) override {
    return inner_->read_ready(space, ec);
  }
  bool has_bytes() override { return inner_->has_bytes(); }
  bool has_ended() override { return inner_->has_ended(); }
  std::size_t write_ready(std::string_view head, std::string_view body, bool more,
                          error_code& ec) override {
    return inner_->write_ready(head, body, more, ec);
  }
  std::uint64_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          error_code& ec) override {
    return inner_->send_file(file, offset, length, ec);
  }
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer space,
                                                error_code& ec) override {
    return inner_->read_some(space, ec);
  }
  boost::asio::awaitable<void> wait_readable(error_code& ec) override {
    return inner_->wait_readable(ec);
  }
  boost::asio::awaitable<void> wait_writable(error_code& ec) override {
    return inner_->wait_writable(ec);
  }
  void end_output(error_code& ec) override { inner_->end_output(ec); }
  void abort() noexcept override { inner_->abort(); }
  void close() noexcept override { inner_->close(); }
  void reset() noexcept override { inner_->reset(); }

private:
  boost::asio::awaitable<void> read_header(error_code& ec);

  const maker make_;
  const admission admit_;
  /// The stream of the header, then the one behind it.
  std::unique_ptr<transport> inner_;
  std::string peer_;
  relay relayed_ = relay::none;
  bool has_header_ = false;
};

} // namespace gantry::net
