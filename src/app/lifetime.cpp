#include "app/lifetime.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
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

/// Blocks these signals and returns a descriptor that receives them; -1 if the kernel refuses.
int receive(std::initializer_list<int> numbers) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : numbers)
    sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

} // namespace

lifetime::lifetime(std::uint32_t parent) {
  signals_ = receive({SIGINT, SIGTERM});
  reopen_signal_ = receive({SIGUSR1});
  std::signal(SIGPIPE, SIG_IGN);
  if (signals_ < 0 || reopen_signal_ < 0)
    throw std::runtime_error{std::string{"cannot wait for signals: "} + std::strerror(errno)};
  if (parent == 0)
    return;
  parent_ = open_process(parent);
  if (parent_ < 0 && errno == ESRCH) {
    parent_is_gone_ = true;
  } else if (parent_ < 0) {
    const std::string reason = std::strerror(errno);
    ::close(signals_);
    ::close(reopen_signal_);
    throw std::runtime_error{"cannot watch process " + std::to_string(parent) + ": " + reason};
  }
}

lifetime::~lifetime() {
  if (parent_ >= 0)
    ::close(parent_);
  ::close(signals_);
  ::close(reopen_signal_);
}

bool lifetime::wait(std::chrono::milliseconds at_most) const {
  if (parent_is_gone_)
    return true;
  // poll(2) ignores negative descriptors.
  std::array<pollfd, 3> watched{pollfd{signals_, POLLIN, 0}, pollfd{parent_, POLLIN, 0},
                                pollfd{reopen_signal_, POLLIN, 0}};
  if (::poll(watched.data(), watched.size(), static_cast<int>(at_most.count())) <= 0)
    return false;
  signalfd_siginfo taken{};
  while (::read(reopen_signal_, &taken, sizeof taken) == sizeof taken)
    reopening_ = true;
  return watched[0].revents != 0 || watched[1].revents != 0;
}

} // namespace gantry::app
