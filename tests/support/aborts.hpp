// Checks whether a call aborts the process, like a failed assertion.
#pragma once

#include <csignal>
#include <cstdio>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gantry::test {

/// Runs `work` in a forked child, which has only this thread: `work` must not wait for another.
/// Requires assertions (`NDEBUG` is not set).
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
