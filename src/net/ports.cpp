#include "net/ports.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace gantry::net {

namespace {

using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// On one of several addresses, another program may use the number of a free port.
constexpr int tries_of_a_free_port = 16;

using host_list = std::vector<asio::ip::address>;

tcp::acceptor open_socket(asio::io_context& context, const tcp::endpoint& address) {
  tcp::acceptor socket{context, address.protocol()};
  socket.set_option(tcp::acceptor::reuse_address{true});
  if (address.address().is_v6() && address.address().is_unspecified())
    socket.set_option(asio::ip::v6_only{false});
  return socket;
}

/// The first socket of a port is bound without SO_REUSEPORT. With it, a second server could bind
/// the same port unnoticed and share the connections. Once bound, SO_REUSEPORT lets this server's
/// other sockets join.
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

/// Binds a socket per host; all use the first one's port.
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

std::vector<std::vector<stream_acceptor>> listen_on(const std::vector<asio::io_context*>& threads,
                                                    const host_list& hosts, std::uint16_t port) {
  assert(!threads.empty() && !hosts.empty());
  std::vector<std::vector<tcp::acceptor>> sockets;
  sockets.push_back(bind_first_of_all(*threads.front(), hosts, port));
  const auto bound = sockets.front().front().local_endpoint().port();
  for (std::size_t i = 1; i < threads.size(); ++i)
    sockets.push_back(bind_all(*threads[i], hosts, bound, bind_next));
  std::vector<std::vector<stream_acceptor>> listening(threads.size());
  for (std::size_t i = 0; i < sockets.size(); ++i)
    for (auto& socket : sockets[i]) {
      socket.listen(backlog);
      listening[i].emplace_back(std::move(socket));
    }
  return listening;
}

std::uint16_t port_of(const stream_acceptor& socket) {
  return as_tcp(socket.local_endpoint()).port();
}

std::vector<stream_acceptor> share(int listening, const std::vector<asio::io_context*>& threads) {
  const auto fail = [] {
    throw boost::system::system_error{errno, boost::system::system_category()};
  };
  int family = 0;
  auto size = socklen_t{sizeof family};
  if (::getsockopt(listening, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
    fail();
  std::vector<stream_acceptor> made;
  for (auto* thread : threads) {
    const auto own = ::fcntl(listening, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
      fail();
    made.emplace_back(*thread, asio::generic::stream_protocol{family, 0}, own);
  }
  return made;
}

} // namespace gantry::net
