#include "app/control_socket.hpp"

#include "app/control_order.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/disk/layout.hpp"
#include "telemetry/log.hpp"

#include <array>
#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace gantry::app {

namespace {

/// Milliseconds.
constexpr int accept_pause = 100;

constexpr int backlog = 16;
/// How long a peer may take to send its order, and to read the answer.
constexpr timeval patience{5, 0};

bool may_order(const storage::file& peer) {
  ucred asking{};
  socklen_t size = sizeof asking;
  return ::getsockopt(peer.descriptor(), SOL_SOCKET, SO_PEERCRED, &asking, &size) == 0 &&
         (asking.uid == 0 || asking.uid == ::geteuid());
}

/// Up to the end of the line.
std::string read_order(const storage::file& peer) {
  std::string text;
  std::array<char, longest_order> piece{};
  while (text.size() <= longest_order && text.find('\n') == std::string::npos) {
    const auto n = ::recv(peer.descriptor(), piece.data(), piece.size(), 0);
    if (n <= 0)
      break;
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  return text.substr(0, text.find('\n'));
}

} // namespace

control_socket::control_socket(const std::filesystem::path& folder, storage_engine& engine,
                               gc_policy policy)
  : engine_{engine},
    policy_{policy},
    folder_{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)},
    listening_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)},
    end_{::eventfd(0, EFD_CLOEXEC)} {
  if (folder_ && listening_ && end_ && listen())
    thread_ = std::thread{[this] { serve(); }};
  else
    telemetry::log().warn("{} cannot be made: {}; gantry garbage-collect will not find this server",
                          (folder / storage::layout::control).string(),
                          std::system_category().message(errno));
}

control_socket::~control_socket() {
  if (!thread_.joinable())
    return;
  stopping_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto told = ::write(end_.descriptor(), &one, sizeof one);
  thread_.join();
  ::unlinkat(folder_.descriptor(), storage::layout::control, 0);
}

bool control_socket::listen() {
  struct stat found {};
  const auto* name = storage::layout::control;
  if (::fstatat(folder_.descriptor(), name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISSOCK(found.st_mode))
    ::unlinkat(folder_.descriptor(), name, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  control_address(folder_).copy(address.sun_path, sizeof address.sun_path - 1);
  const auto socket = listening_.descriptor();
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
         ::fchmodat(folder_.descriptor(), name, 0600, 0) == 0 && ::listen(socket, backlog) == 0;
}

void control_socket::serve() {
  std::array<pollfd, 2> events{
    {{listening_.descriptor(), POLLIN, 0}, {end_.descriptor(), POLLIN, 0}}};
  while (!stopping_) {
    if (::poll(events.data(), events.size(), -1) < 0 || events[0].revents == 0)
      continue;
    const storage::file peer{::accept4(listening_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (!peer) { // out of descriptors: the connection stays, and would be tried without a pause
      ::poll(&events[1], 1, accept_pause);
      continue;
    }
    try {
      answer(peer);
    } catch (const std::exception& bug) {
      telemetry::log().error("an order threw: {}", bug.what());
    }
  }
}

void control_socket::answer(const storage::file& peer) {
  for (const auto option : {SO_RCVTIMEO, SO_SNDTIMEO})
    ::setsockopt(peer.descriptor(), SOL_SOCKET, option, &patience, sizeof patience);
  // Read in any case: what is unread when a socket closes cuts its answer off.
  const auto order = read_order(peer);
  const auto outcome =
    may_order(peer) ? carry_out(order)
                    : result<gc_report>{fail(errc::unauthorized, "only root and the server's user "
                                                                 "may give it orders")};
  const auto text = to_text(outcome) + '\n';
  [[maybe_unused]] const auto sent =
    ::send(peer.descriptor(), text.data(), text.size(), MSG_NOSIGNAL);
}

result<gc_report> control_socket::carry_out(std::string_view text) {
  const auto order = parse_order(text);
  if (!order)
    return order.error();
  auto policy = policy_;
  policy.dry_run = order->dry_run;
  policy.delete_untagged = policy.delete_untagged || order->delete_untagged;
  return answer_of(engine_.upkeep(), &upkeep_engine::collect, policy,
                   [this](std::uint64_t, std::uint64_t) { return !stopping_; });
}

} // namespace gantry::app
