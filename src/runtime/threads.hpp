// The threads of a registry: one io_context per thread, and the actor system on top.
//
// By default CAF's actors run on the same threads (see actor_scheduler). As a fallback, CAF's own
// scheduler runs them with the policy `sharing`.
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

/// The constructor starts the threads. Destroy sockets, timers and actors first. Not thread-safe,
/// except for the functions of io_context and actor_system.
class threads {
public:
  /// Precondition: `count` is at least 1. With `separate_scheduler`, CAF adds as many threads of
  /// its own.
  threads(std::size_t count, bool separate_scheduler, waiting how = waiting::asleep);
  ~threads();

  caf::actor_system& system() noexcept { return *system_; }
  std::size_t size() const noexcept { return contexts_.size(); }
  boost::asio::io_context& context(std::size_t index) { return *contexts_[index]; }
  /// One thread runs each.
  const std::vector<boost::asio::io_context*>& contexts() const noexcept { return contexts_; }
  /// Actors that wait for that thread; 0 with a separate scheduler, which does not say.
  /// Thread-safe.
  std::size_t queued_actors(std::size_t index) const noexcept;

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
  /// Null with a separate scheduler.
  const actor_scheduler* scheduler_ = nullptr;
};

} // namespace gantry::runtime
