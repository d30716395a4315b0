// What every thread does that serves connections.
#pragma once

#include <boost/asio/io_context.hpp>

namespace gantry::runtime {

enum class waiting : unsigned char {
  /// Sleep as soon as there is nothing to do.
  asleep,
  /// Look again for a moment first, while that pays: see `polling`.
  polling,
};

/// Runs `context` until it is stopped, with SIGPIPE blocked in this thread: sendfile(2) raises it
/// if a client is gone, and has no flag against it. The process may treat the signal as it likes.
void run_io_thread(boost::asio::io_context& context, waiting how);

} // namespace gantry::runtime
