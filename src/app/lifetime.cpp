#include "app/lifetime.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <stdexcept>

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

/// Blocks the signals; returns a descriptor that is readable once one of them has come.
int catch_signals(std::initializer_list<int> numbers) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const auto number : numbers)
    sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto descriptor = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0)
    throw std::runtime_error{std::string{"cannot wait for signals: "} + std::strerror(errno)};
  return descriptor;
}

event event_of(std::uint32_t signal) {
  switch (signal) {
  case SIGHUP: return event::reload;
  case SIGUSR1: return event::reopen;
  default: return event::protect;
  }
}

void close_all(std::initializer_list<int> descriptors) {
  for (const auto each : descriptors)
    if (each >= 0)
      ::close(each);
}

} // namespace

lifetime::lifetime(const lifetime_options& options) : ends_{catch_signals({SIGINT, SIGTERM})} {
  std::signal(SIGPIPE, SIG_IGN);
  signals_ =
    options.reloads ? catch_signals({SIGHUP, SIGUSR1, SIGUSR2}) : catch_signals({SIGUSR1, SIGUSR2});
  if (!options.file.empty())
    file_ = std::make_unique<file_watch>(options.file);
  if (options.parent == 0)
    return;
  parent_ = open_process(options.parent);
  if (parent_ < 0 && errno == ESRCH) {
    parent_is_gone_ = true;
  } else if (parent_ < 0) {
    const std::string reason = std::strerror(errno);
    close_all({ends_, signals_});
    throw std::runtime_error{"cannot watch process " + std::to_string(options.parent) + ": " +
                             reason};
  }
}

lifetime::~lifetime() {
  close_all({ends_, signals_, parent_});
}

bool lifetime::is_over() const {
  if (parent_is_gone_)
    return true;
  // poll(2) ignores negative descriptors.
  std::array<pollfd, 2> watched{pollfd{ends_, POLLIN, 0}, pollfd{parent_, POLLIN, 0}};
  return ::poll(watched.data(), watched.size(), 0) > 0;
}

event lifetime::wait(std::chrono::milliseconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    if (is_over())
      return event::end;
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto file = file_ ? file_->descriptor() : -1;
    std::array<pollfd, 4> watched{pollfd{ends_, POLLIN, 0}, pollfd{parent_, POLLIN, 0},
                                  pollfd{signals_, POLLIN, 0}, pollfd{file, POLLIN, 0}};
    const auto span = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    if (::poll(watched.data(), watched.size(), span) == 0)
      return event::none;
    if (is_over())
      return event::end;
    signalfd_siginfo came;
    if (::read(signals_, &came, sizeof came) == sizeof came)
      return event_of(came.ssi_signo);
    if (file_ && file_->has_changed())
      return event::reload;
  }
}

} // namespace gantry::app
