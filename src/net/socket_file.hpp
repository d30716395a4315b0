// A listening socket in the file system.
#pragma once

#include "net/socket.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace gantry::net {

/// The longest name of a socket: sockaddr_un(7) has 108 bytes, one of which ends the name.
inline constexpr std::size_t longest_socket_file = 107;

/// Owns the file of a listening socket, and removes it at its end. One owner.
class socket_file {
public:
  /// Binds `name` and listens. A socket on which no process listens is replaced. Throws
  /// boost::system::system_error: address_in_use if a process listens there, or if the file is not
  /// a socket. Precondition: the name is not longer than `longest_socket_file`.
  explicit socket_file(std::string name);
  socket_file(const socket_file&) = delete;
  socket_file& operator=(const socket_file&) = delete;
  ~socket_file();

  /// A listening socket for each thread; all accept from the same queue. Throws
  /// boost::system::system_error.
  std::vector<stream_acceptor>
  acceptors(const std::vector<boost::asio::io_context*>& threads) const;

private:
  std::string name_;
  int descriptor_ = -1;
};

} // namespace gantry::net
