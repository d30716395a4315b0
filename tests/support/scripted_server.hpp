// A server on 127.0.0.1 that answers with exactly the bytes that a test chooses.
#pragma once

#include "support/test_certificate.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace gantry::test {

/// Runs for its lifetime, on a separate thread.
class scripted_server {
public:
  /// The response to a request; `silence` for none, empty to close the connection. A response with
  /// `Connection: close` closes it afterwards. Called on the server's thread with head and body.
  using script = std::function<std::string(const std::string& request)>;

  static inline const std::string silence = "silence";

  /// Uses TLS if it has a certificate.
  explicit scripted_server(script answer, const std::optional<certificate>& identity = {});
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }
  std::string url() const {
    return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(endpoint_.port());
  }
  /// Connections accepted so far.
  unsigned connections() const noexcept { return connections_; }
  /// The host name that the last client sent before the certificate; empty if none.
  std::string server_name() const;

private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> greet(boost::asio::ip::tcp::socket peer);
  template <class Stream>
  boost::asio::awaitable<void> serve(Stream peer);

  script answer_;
  std::optional<boost::asio::ssl::context> tls_;
  mutable std::mutex mutex_;
  std::string server_name_;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::endpoint endpoint_;
  std::atomic<unsigned> connections_{0};
  std::thread thread_;
};

} // namespace gantry::test
