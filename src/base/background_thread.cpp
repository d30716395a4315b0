#include "base/background_thread.hpp"

#include <csignal>
#include <pthread.h>
#include <utility>

namespace gantry {

std::thread start_background_thread(const char* name, std::function<void()> work) {
  return std::thread{[name, work = std::move(work)] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    ::pthread_setname_np(::pthread_self(), name);
    work();
  }};
}

} // namespace gantry
