#include "app/service_manager.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace gantry::app {

namespace {

/// systemd passes sockets from this descriptor on.
constexpr int first_socket = 3;
constexpr std::uint64_t most_sockets = 64;

std::optional<std::uint64_t> number_in(const char* variable) {
  const auto* text = std::getenv(variable);
  return text ? whole_number(text) : std::nullopt;
}

} // namespace

void notify(std::string_view state) noexcept {
  const auto* text = std::getenv("NOTIFY_SOCKET");
  const std::string_view name{text ? text : ""};
  sockaddr_un address{};
  if (name.empty() || name.size() >= sizeof address.sun_path)
    return;
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, name.size());
  if (name.front() == '@') // a name outside of the file system
    address.sun_path[0] = '\0';
  const auto descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), size);
  ::close(descriptor);
}

std::vector<int> inherited_sockets() {
  const auto process = number_in("LISTEN_PID");
  const auto count = number_in("LISTEN_FDS");
  for (const auto* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
    ::unsetenv(variable);
  if (!process || *process != static_cast<std::uint64_t>(::getpid()) || !count ||
      *count > most_sockets)
    return {};
  std::vector<int> sockets;
  for (int each = first_socket; each < first_socket + static_cast<int>(*count); ++each) {
    ::fcntl(each, F_SETFD, FD_CLOEXEC);
    sockets.push_back(each);
  }
  return sockets;
}

} // namespace gantry::app
