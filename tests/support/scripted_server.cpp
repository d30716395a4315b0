#include "support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace gantry::test {

namespace {

std::size_t announced(const std::string& request) {
  constexpr std::string_view field = "Content-Length: ";
  const auto at = request.find(field);
  return at == std::string::npos ? 0 : std::stoul(request.substr(at + field.size()));
}

} // namespace

scripted_server::scripted_server(script answer, const std::optional<certificate>& identity)
  : answer_{std::move(answer)},
    acceptor_{context_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
    endpoint_{acceptor_.local_endpoint()} {
  if (identity) {
    tls_.emplace(asio::ssl::context::tls_server);
    tls_->use_certificate_chain(asio::buffer(identity->text));
    tls_->use_private_key(asio::buffer(identity->key), asio::ssl::context::pem);
  }
  asio::co_spawn(context_, accept(), asio::detached);
  thread_ = std::thread{[this] { context_.run(); }};
}

scripted_server::~scripted_server() {
  context_.stop();
  thread_.join();
}

asio::awaitable<void> scripted_server::accept() {
  for (;;) {
    auto peer = co_await acceptor_.async_accept(asio::use_awaitable);
    ++connections_;
    if (tls_)
      asio::co_spawn(context_, greet(std::move(peer)), asio::detached);
    else
      asio::co_spawn(context_, serve(std::move(peer)), asio::detached);
  }
}

asio::awaitable<void> scripted_server::greet(tcp::socket peer) {
  asio::ssl::stream<tcp::socket> stream{std::move(peer), *tls_};
  boost::system::error_code ec;
  co_await stream.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(asio::use_awaitable, ec));
  if (ec)
    co_return;
  {
    const std::lock_guard lock{mutex_};
    const auto* const name =
      ::SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
    server_name_ = name ? name : "";
  }
  co_await serve(std::move(stream));
}

std::string scripted_server::server_name() const {
  const std::lock_guard lock{mutex_};
  return server_name_;
}

template <class Stream>
asio::awaitable<void> scripted_server::serve(Stream peer) {
  std::string bytes;
  for (;;) {
    boost::system::error_code ec;
    const auto head = co_await asio::async_read_until(
      peer, asio::dynamic_buffer(bytes), "\r\n\r\n", asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
      co_return;
    const auto whole = head + announced(bytes.substr(0, head));
    if (bytes.size() < whole)
      co_await asio::async_read(peer, asio::dynamic_buffer(bytes),
                                asio::transfer_exactly(whole - bytes.size()),
                                asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
      co_return;
    const auto answer = answer_(bytes.substr(0, whole));
    bytes.erase(0, whole);
    if (answer.empty())
      co_return;
    if (answer != silence)
      co_await asio::async_write(peer, asio::buffer(answer),
                                 asio::redirect_error(asio::use_awaitable, ec));
    if (ec || answer.find("Connection: close") != std::string::npos)
      co_return;
  }
}

} // namespace gantry::test
