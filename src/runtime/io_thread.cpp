#include "runtime/io_thread.hpp"

#include <csignal>

#include <pthread.h>

namespace gantry::runtime {

void run_io_thread(boost::asio::io_context& context) {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  context.run();
}

} // namespace gantry::runtime
