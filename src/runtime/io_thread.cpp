#include "runtime/io_thread.hpp"

#include "runtime/polling.hpp"

#include <chrono>
#include <csignal>

#include <pthread.h>

namespace gantry::runtime {

namespace {

/// Tells the core that this is a spin loop.
void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Polls for up to `polling::span`; returns whether anything ran.
bool look(boost::asio::io_context& context) {
  const auto end = std::chrono::steady_clock::now() + polling::span;
  do {
    if (context.poll() > 0)
      return true;
    relax();
  } while (!context.stopped() && std::chrono::steady_clock::now() < end);
  return false;
}

} // namespace

void run_io_thread(boost::asio::io_context& context, waiting how) {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  if (how == waiting::asleep) {
    context.run();
    return;
  }
  polling looks;
  while (!context.stopped()) {
    if (context.poll() > 0)
      continue;
    if (looks.is_worth_it()) {
      const bool has_found = look(context);
      looks.learn(has_found);
      if (has_found)
        continue;
    }
    context.run_one();
  }
}

} // namespace gantry::runtime
