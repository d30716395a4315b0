// Whether a call ends the process, as a failed assertion does.
#pragma once

#include <csignal>
#include <cstdio>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gantry::test {

/// Runs `work` in a child process, which has this thread alone: `work` must not wait for another.
/// Only where assertions are on (`NDEBUG` is not set).
template <class Work>
bool aborts(Work work) {
  const auto child = ::fork();
  if (child == 0) {
    const rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    std::signal(SIGABRT, SIG_DFL);
    std::fclose(stderr);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

} // namespace gantry::test
