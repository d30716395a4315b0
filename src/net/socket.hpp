// Sockets of streams: TCP, and those in the file system (unix(7)).
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstring>

namespace gantry::net {

using stream_socket = boost::asio::generic::stream_protocol::socket;
/// A listening socket.
using stream_acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

/// The endpoint as one of TCP. Precondition: it is one.
inline boost::asio::ip::tcp::endpoint as_tcp(const stream_socket::endpoint_type& any) {
  boost::asio::ip::tcp::endpoint address;
  address.resize(any.size());
  std::memcpy(address.data(), any.data(), any.size());
  return address;
}

} // namespace gantry::net
