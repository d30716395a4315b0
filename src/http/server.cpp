#include "http/server.hpp"

#include "http/listener.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
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

constexpr int backlog = 4096;
/// Another program may have a free port's number on one of several addresses.
constexpr int tries_of_a_free_port = 16;

using host_list = std::vector<asio::ip::address>;

tcp::acceptor open_socket(asio::io_context& context, const tcp::endpoint& address) {
  tcp::acceptor socket{context, address.protocol()};
  socket.set_option(tcp::acceptor::reuse_address{true});
  if (address.address().is_v6() && address.address().is_unspecified())
    socket.set_option(asio::ip::v6_only{false});
  return socket;
}

/// The first socket of a port is bound without SO_REUSEPORT: with it, a second server on the same
/// port would not be noticed, and the two would share its connections. Once bound, it lets this
/// server's other sockets join.
tcp::acceptor bind_first(asio::io_context& context, const tcp::endpoint& address) {
  auto socket = open_socket(context, address);
  socket.bind(address);
  socket.set_option(reuse_port{true});
  return socket;
}

tcp::acceptor bind_next(asio::io_context& context, const tcp::endpoint& address) {
  auto socket = open_socket(context, address);
  socket.set_option(reuse_port{true});
  socket.bind(address);
  return socket;
}

/// A socket for each host; all have the first one's port.
template <class Bind>
std::vector<tcp::acceptor> bind_all(asio::io_context& context, const host_list& hosts,
                                    std::uint16_t port, Bind bind) {
  std::vector<tcp::acceptor> sockets;
  for (const auto& host : hosts) {
    sockets.push_back(bind(context, tcp::endpoint{host, port}));
    port = sockets.front().local_endpoint().port();
  }
  return sockets;
}

std::vector<tcp::acceptor> bind_first_of_all(asio::io_context& context, const host_list& hosts,
                                             std::uint16_t port) {
  for (int left = tries_of_a_free_port;; --left) {
    try {
      return bind_all(context, hosts, port, bind_first);
    } catch (const boost::system::system_error& failed) {
      if (port != 0 || left == 1 || failed.code() != asio::error::address_in_use)
        throw;
    }
  }
}

} // namespace

server::server(runtime& threads, server_context& context, telemetry::access_logger* log)
  : threads_{threads}, context_{context}, log_{log} {}

server::~server() {
  stop();
}

std::uint16_t server::listen(const host_list& hosts, std::uint16_t port) {
  std::vector<std::vector<tcp::acceptor>> sockets;
  sockets.push_back(bind_first_of_all(threads_.context(0), hosts, port));
  const auto bound = sockets.front().front().local_endpoint();
  std::ostringstream text;
  text << bound;
  context_.address = text.str(); // before anybody can be served
  for (std::size_t i = 1; i < threads_.size(); ++i)
    sockets.push_back(bind_all(threads_.context(i), hosts, bound.port(), bind_next));
  for (auto& of_thread : sockets)
    for (auto& socket : of_thread)
      socket.listen(backlog);
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    auto& own = *listeners_.emplace_back(
      std::make_unique<listener>(threads_.context(i), std::move(sockets[i]), context_, log_));
    asio::post(threads_.context(i), [&own] { own.start(); });
  }
  return bound.port();
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
