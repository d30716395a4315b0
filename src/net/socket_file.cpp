#include "net/socket_file.hpp"

#include "net/ports.hpp"

#include <boost/system/system_error.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <utility>

namespace gantry::net {

namespace {

[[noreturn]] void fail() {
  throw boost::system::system_error{errno, boost::system::system_category()};
}

sockaddr_un address_of(const std::string& name) {
  assert(name.size() <= longest_socket_file);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, name.size());
  return address;
}

template <class Call>
bool with_address(const sockaddr_un& address, Call call) {
  return call(reinterpret_cast<const sockaddr*>(&address), socklen_t{sizeof address}) == 0;
}

int make_socket() {
  const auto descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    fail();
  return descriptor;
}

/// Whether `name` is a socket that a process left behind when it ended.
bool is_abandoned(const std::string& name) {
  struct stat found {};
  if (::lstat(name.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode))
    return false;
  const auto probe = make_socket();
  const auto answers = with_address(address_of(name), [probe](auto* address, auto size) {
    return ::connect(probe, address, size);
  });
  const bool is_refused = !answers && errno == ECONNREFUSED;
  ::close(probe);
  return is_refused;
}

} // namespace

socket_file::socket_file(std::string name) : name_{std::move(name)}, descriptor_{make_socket()} {
  const auto bind = [this] {
    return with_address(address_of(name_), [this](auto* address, auto size) {
      return ::bind(descriptor_, address, size);
    });
  };
  bool is_bound = bind();
  if (!is_bound && errno == EADDRINUSE) {
    if (is_abandoned(name_) && ::unlink(name_.c_str()) == 0)
      is_bound = bind();
    else
      errno = EADDRINUSE;
  }
  if (is_bound && ::listen(descriptor_, backlog) == 0)
    return;
  const auto reason = errno;
  ::close(descriptor_);
  if (is_bound)
    ::unlink(name_.c_str());
  errno = reason;
  fail();
}

socket_file::~socket_file() {
  ::unlink(name_.c_str());
  ::close(descriptor_);
}

std::vector<stream_acceptor>
socket_file::acceptors(const std::vector<boost::asio::io_context*>& threads) const {
  return share(descriptor_, threads);
}

} // namespace gantry::net
