#include "client/stream.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <cassert>
#include <utility>

namespace asio = boost::asio;

namespace gantry::client {

struct stream::tls_session {
  tls_session(asio::ip::tcp::socket& socket, asio::ssl::context& context)
    : layer{socket, context} {}

  /// Sets the host that the certificate must be for. False if OpenSSL is out of memory.
  bool expect(const std::string& host) {
    auto* const handle = layer.native_handle();
    auto* const wanted = ::SSL_get0_param(handle);
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address)
      return ::X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
    return SSL_set_tlsext_host_name(handle, host.c_str()) == 1 &&
           ::X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1;
  }

  asio::ssl::stream<asio::ip::tcp::socket&> layer;
};

stream::stream(asio::io_context& context, peer server)
  : server_{std::move(server)}, socket_{context} {}

stream::~stream() = default;

asio::awaitable<void> stream::connect(error_code& ec) {
  assert(!is_open());
  assert(!is_open());
  co_await socket_.async_connect(server_.address, asio::redirect_error(asio::use_awaitable, ec));
  if (ec)
    co_return;
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (!server_.tls)
    co_return;
  tls_ = std::make_unique<tls_session>(socket_, *server_.tls);
  if (!tls_->expect(server_.host)) {
    ec = asio::error::no_memory;
    co_return;
  }
  co_await tls_->layer.async_handshake(asio::ssl::stream_base::client,
                                       asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<std::size_t> stream::read_some(asio::mutable_buffer into, error_code& ec) {
  if (tls_)
    return tls_->layer.async_read_some(into, asio::redirect_error(asio::use_awaitable, ec));
  return socket_.async_read_some(into, asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<std::size_t> stream::write(const std::vector<asio::const_buffer>& bytes,
                                           error_code& ec) {
  if (tls_)
    return asio::async_write(tls_->layer, bytes, asio::redirect_error(asio::use_awaitable, ec));
  return asio::async_write(socket_, bytes, asio::redirect_error(asio::use_awaitable, ec));
}

void stream::close() {
  // The TLS session is kept until the next one begins because an operation in progress may still
  // refer to it.
  error_code ignored;
  socket_.close(ignored);
}

bool stream::has_ended() {
  assert(is_open());
  assert(is_open());
  char byte = 0;
  const auto waiting = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // Between two responses, TLS has nothing to send but the end of the session.
  return waiting == 0 || (tls_ && waiting > 0);
}

std::string stream::certificate_fault() const {
  const auto verdict = tls_ ? ::SSL_get_verify_result(tls_->layer.native_handle()) : X509_V_OK;
  return verdict == X509_V_OK ? std::string{} : ::X509_verify_cert_error_string(verdict);
}

} // namespace gantry::client
