#include "app/lifetime.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gantry::app {

namespace {

/// glibc 2.36 declares its own function without C linkage, so that it cannot be linked.
int open_process(std::uint32_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0));
}

} // namespace

lifetime::lifetime(std::uint32_t parent) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0)
    throw std::runtime_error{std::string{"cannot wait for signals: "} + std::strerror(errno)};
  if (parent == 0)
    return;
  parent_ = open_process(parent);
  if (parent_ < 0 && errno == ESRCH) {
    parent_is_gone_ = true;
  } else if (parent_ < 0) {
    const std::string reason = std::strerror(errno);
    ::close(signals_);
    throw std::runtime_error{"cannot watch process " + std::to_string(parent) + ": " + reason};
  }
}

lifetime::~lifetime() {
  if (parent_ >= 0)
    ::close(parent_);
  ::close(signals_);
}

bool lifetime::wait(std::chrono::milliseconds at_most) const {
  if (parent_is_gone_)
    return true;
  // poll(2) ignores negative descriptors.
  std::array<pollfd, 2> watched{pollfd{signals_, POLLIN, 0}, pollfd{parent_, POLLIN, 0}};
  return ::poll(watched.data(), watched.size(), static_cast<int>(at_most.count())) > 0;
}

} // namespace gantry::app
