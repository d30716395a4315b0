// Sockets of streams: TCP, and those in the file system (unix(7)).
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

namespace gantry::net {

using stream_socket = boost::asio::generic::stream_protocol::socket;
/// A listening socket.
using stream_acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

} // namespace gantry::net
