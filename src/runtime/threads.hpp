// The threads of a registry: one io_context each, and the actor system on top of them.
//
// By default CAF's actors run on the same threads (see actor_scheduler). The fallback leaves them
// to CAF's own scheduler with the policy `sharing`; everything else stays the same.
#pragma once

#include "runtime/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace gantry::runtime {

class actor_scheduler;

/// Starts its threads at once. Sockets, timers and actors must be gone before it is destroyed. Not
/// thread-safe, but for what io_context and actor_system allow.
class threads {
public:
  /// `count` is at least 1. With `separate_scheduler` CAF has as many threads of its own besides.
  threads(std::size_t count, bool separate_scheduler, waiting how = waiting::asleep);
  ~threads();

  caf::actor_system& system() noexcept { return *system_; }
  std::size_t size() const noexcept { return contexts_.size(); }
  boost::asio::io_context& context(std::size_t index) { return *contexts_[index]; }
  /// Each is run by one thread.
  const std::vector<boost::asio::io_context*>& contexts() const noexcept { return contexts_; }

private:
  struct own_thread {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{
      context.get_executor()};
    std::thread thread;
  };

  caf::actor_system_config config_;
  std::vector<std::unique_ptr<own_thread>> own_;
  std::optional<caf::actor_system> system_;
  std::vector<boost::asio::io_context*> contexts_;
};

} // namespace gantry::runtime
