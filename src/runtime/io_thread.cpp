#include "runtime/io_thread.hpp"

#include "runtime/polling.hpp"

#include <chrono>
#include <csignal>
#include <optional>

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

/// Polls for up to `polling::span`; returns after how long anything ran.
std::optional<std::chrono::nanoseconds> look(boost::asio::io_context& context) {
  const auto begin = std::chrono::steady_clock::now();
  std::chrono::nanoseconds passed{0};
  do {
    if (context.poll() > 0)
      return passed;
    relax();
    passed = std::chrono::steady_clock::now() - begin;
  } while (!context.stopped() && passed < polling::span);
  return std::nullopt;
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
  context.poll();
  while (!context.stopped()) { // nothing was ready a moment ago
    if (looks.is_worth_it()) {
      const auto found_after = look(context);
      looks.learn(found_after);
      if (found_after)
        continue;
    }
    context.run_one();
    context.poll();
  }
}

} // namespace gantry::runtime
