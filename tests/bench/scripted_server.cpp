#include "bench/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
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

scripted_server::scripted_server(script answer)
  : answer_{std::move(answer)},
    acceptor_{context_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
    endpoint_{acceptor_.local_endpoint()} {
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
    asio::co_spawn(context_, serve(std::move(peer)), asio::detached);
  }
}

asio::awaitable<void> scripted_server::serve(tcp::socket peer) {
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
