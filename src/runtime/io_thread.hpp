// The main loop of every thread that serves connections.
#pragma once

#include <boost/asio/io_context.hpp>

namespace gantry::runtime {

enum class waiting : unsigned char {
  /// Sleep as soon as there is no work.
  asleep,
  /// Poll briefly before sleeping, as long as that pays: see `polling`.
  polling,
};

/// Runs `context` until it is stopped, with SIGPIPE blocked in this thread: sendfile(2) raises it
/// if the peer is gone, and has no flag to prevent that. Other threads may handle the signal
/// freely.
void run_io_thread(boost::asio::io_context& context, waiting how);

} // namespace gantry::runtime
