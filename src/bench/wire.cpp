#include "bench/wire.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <utility>

namespace asio = boost::asio;

namespace gantry::bench {

struct wire::session {
  session(asio::ip::tcp::socket& socket, asio::ssl::context& context) : stream{socket, context} {}

  /// Says whom the certificate has to be for. False if OpenSSL has no memory.
  bool expect(const std::string& host) {
    auto* const handle = stream.native_handle();
    auto* const wanted = ::SSL_get0_param(handle);
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address)
      return ::X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
    return SSL_set_tlsext_host_name(handle, host.c_str()) == 1 &&
           ::X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1;
  }

  asio::ssl::stream<asio::ip::tcp::socket&> stream;
};

wire::wire(asio::io_context& context, peer other) : other_{std::move(other)}, socket_{context} {}

wire::~wire() = default;

asio::awaitable<void> wire::connect(error_code& ec) {
  co_await socket_.async_connect(other_.address, asio::redirect_error(asio::use_awaitable, ec));
  if (ec)
    co_return;
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (!other_.tls)
    co_return;
  tls_ = std::make_unique<session>(socket_, *other_.tls);
  if (!tls_->expect(other_.host)) {
    ec = asio::error::no_memory;
    co_return;
  }
  co_await tls_->stream.async_handshake(asio::ssl::stream_base::client,
                                        asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<std::size_t> wire::read_some(asio::mutable_buffer into, error_code& ec) {
  if (tls_)
    return tls_->stream.async_read_some(into, asio::redirect_error(asio::use_awaitable, ec));
  return socket_.async_read_some(into, asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<std::size_t> wire::write(const std::vector<asio::const_buffer>& bytes,
                                         error_code& ec) {
  if (tls_)
    return asio::async_write(tls_->stream, bytes, asio::redirect_error(asio::use_awaitable, ec));
  return asio::async_write(socket_, bytes, asio::redirect_error(asio::use_awaitable, ec));
}

void wire::close() {
  // The session stays until the next one begins: what is on its way still refers to it.
  error_code ignored;
  socket_.close(ignored);
}

bool wire::has_ended() {
  char byte = 0;
  const auto waiting = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // What TLS has to say between two answers is that it ends.
  return waiting == 0 || (tls_ && waiting > 0);
}

std::string wire::certificate_fault() const {
  const auto verdict = tls_ ? ::SSL_get_verify_result(tls_->stream.native_handle()) : X509_V_OK;
  return verdict == X509_V_OK ? std::string{} : ::X509_verify_cert_error_string(verdict);
}

} // namespace gantry::bench
