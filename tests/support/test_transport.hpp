// An in-memory stream that can fail at its n-th operation.
#pragma once

#include "net/transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace gantry::test {

/// The peer's input, and the outcome of the stream. Shared by the transport and its test.
struct stream_script {
  /// Everything that the peer sends before it closes its side or falls silent.
  std::string input = {};
  bool falls_silent = false;
  /// The peer reads nothing.
  bool takes_nothing = false;
  /// The most bytes per operation.
  std::size_t piece = std::numeric_limits<std::size_t>::max();
  /// Every second non-blocking operation finds nothing to do, so that each wait is exercised.
  bool stutters = false;
  /// The first operation to fail, counted from 1; all later ones fail too. Zero for none.
  std::size_t fails_at = 0;
  net::error_code failure = {};

  std::string output = {};
  /// Bytes of the body that each write was offered.
  std::vector<std::size_t> offered = {};
  /// Waits for a peer that takes more.
  std::size_t waits = 0;
  std::size_t operations = 0;
  /// The most bytes that a `send_file` requested.
  std::uint64_t largest_slice = 0;
  bool has_ended_output = false;
  bool is_closed = false;
  bool is_reset = false;
};

/// Without and with `stutters`.
inline constexpr bool flows[] = {false, true};

class test_transport final : public net::transport {
public:
  test_transport(boost::asio::io_context& context, std::shared_ptr<stream_script> script)
    : context_{context}, script_{std::move(script)}, never_{context} {}

  boost::asio::any_io_executor executor() override { return context_.get_executor(); }
  std::string peer() const override { return "test:1"; }
  std::size_t read_ready(std::span<std::byte> space, net::error_code& ec) override;
  bool has_bytes() override { return !script_->input.empty(); }
  bool has_ended() override { return script_->input.empty() && !script_->falls_silent; }
  std::size_t write_ready(std::string_view head, std::string_view body, bool more,
                          net::error_code& ec) override;
  std::uint64_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          net::error_code& ec) override;
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer space,
                                                net::error_code& ec) override;
  boost::asio::awaitable<void> wait_readable(net::error_code& ec) override {
    return wait(is_silent(), ec);
  }
  boost::asio::awaitable<void> wait_writable(net::error_code& ec) override {
    ++script_->waits;
    return wait(script_->takes_nothing, ec);
  }
  void end_output(net::error_code& ec) override;
  void abort() noexcept override;
  void close() noexcept override { script_->is_closed = true; }
  void reset() noexcept override { script_->is_reset = true; }

private:
  /// Counts an operation; false if it fails.
  bool begin(net::error_code& ec);
  /// Counts a non-blocking operation, which may find nothing to do.
  bool begin_ready(net::error_code& ec);
  std::size_t take_input(void* space, std::size_t room, net::error_code& ec);
  bool is_silent() const { return script_->input.empty() && script_->falls_silent; }
  /// With `forever`, until the coroutine is cancelled or the stream aborted.
  boost::asio::awaitable<void> wait(bool forever, net::error_code& ec);

  boost::asio::io_context& context_;
  std::shared_ptr<stream_script> script_;
  bool is_ready_ = false;
  boost::asio::steady_timer never_;
};

} // namespace gantry::test
