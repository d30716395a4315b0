#include "http/server.hpp"

#include "http/listener.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace gantry::http {

namespace {

using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// The first socket of a port is bound without SO_REUSEPORT: with it, a second server on the same
/// port would not be noticed, and the two would share its connections. Once bound, it lets this
/// server's other sockets join.
tcp::acceptor bind_first(asio::io_context& context, const tcp::endpoint& address) {
  tcp::acceptor socket{context, address.protocol()};
  socket.set_option(tcp::acceptor::reuse_address{true});
  socket.bind(address);
  socket.set_option(reuse_port{true});
  return socket;
}

tcp::acceptor bind_next(asio::io_context& context, const tcp::endpoint& address) {
  tcp::acceptor socket{context, address.protocol()};
  socket.set_option(tcp::acceptor::reuse_address{true});
  socket.set_option(reuse_port{true});
  socket.bind(address);
  return socket;
}

} // namespace

server::server(runtime& threads, server_context& context, telemetry::access_logger* log)
  : threads_{threads}, context_{context}, log_{log} {}

server::~server() {
  stop();
}

tcp::endpoint server::listen(tcp::endpoint address) {
  std::vector<tcp::acceptor> sockets;
  sockets.push_back(bind_first(threads_.context(0), address));
  address = sockets.front().local_endpoint();
  std::ostringstream text;
  text << address;
  context_.address = text.str(); // before anybody can be served
  for (std::size_t i = 1; i < threads_.size(); ++i)
    sockets.push_back(bind_next(threads_.context(i), address));
  for (auto& socket : sockets)
    socket.listen(4096);
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    auto& own = *listeners_.emplace_back(
      std::make_unique<listener>(threads_.context(i), std::move(sockets[i]), context_, log_));
    asio::post(threads_.context(i), [&own] { own.start(); });
  }
  return address;
}

void server::stop() {
  if (listeners_.empty())
    return;
  using namespace std::chrono_literals;
  context_.draining = true;
  const auto tell_all = [&](void (listener::*order)()) {
    for (std::size_t i = 0; i < listeners_.size(); ++i)
      asio::post(threads_.context(i),
                 asio::use_future([&own = *listeners_[i], order] { (own.*order)(); }))
        .wait();
  };
  const auto all_closed = [&] {
    return std::all_of(listeners_.begin(), listeners_.end(),
                       [](const auto& own) { return own->open_connections() == 0; });
  };
  tell_all(&listener::stop_accepting);
  const auto deadline = std::chrono::steady_clock::now() + context_.settings.drain_timeout;
  while (!all_closed() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(1ms);
  while (!all_closed()) {
    tell_all(&listener::abort_connections);
    std::this_thread::sleep_for(1ms);
  }
  listeners_.clear();
}

} // namespace gantry::http
