// CAF's scheduler on the io threads: one io_context a thread, and actors run between its
// completions.
//
// An ask then costs a queue operation instead of a wake-up of another thread. Installed into an
// actor system through `make`; CAF starts and stops it. CAF 0.17 offers the interface but no
// stability for it: this file is all that depends on it.
#pragma once

#include "runtime/frugal_clock.hpp"
#include "runtime/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

namespace gantry::runtime {

/// Runs the actors of one thread.
class actor_worker final : public caf::execution_unit {
public:
  /// An actor gives way after `throughput` messages.
  actor_worker(caf::actor_system* system, std::size_t throughput, waiting how);

  /// Only on this worker's thread.
  void exec_later(caf::resumable* job) override;
  /// From any thread.
  void inject(caf::resumable* job);

  /// The body of the thread.
  void run();
  void request_stop();
  /// Once the thread has ended: runs what is left of the io_context and gives up the jobs.
  void abandon();

  boost::asio::io_context& context() noexcept { return context_; }

private:
  friend class eager_actors;

  void arm();
  void drain();
  /// Until there is nothing more to do, but not for ever: sockets must get their turn.
  void run_rounds();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::deque<caf::resumable*> jobs_;
  std::size_t throughput_;
  waiting how_;
  /// A call of `drain` is on its way.
  bool armed_ = false;
  /// Somebody will run the jobs before the thread does anything else.
  bool attended_ = false;
};

/// Actors that get a message while this lives run when it ends, before anything else happens on the
/// thread: that spares a round through its io_context. Only on the worker's thread; without a
/// worker, or inside of an actor, it does nothing.
class eager_actors {
public:
  explicit eager_actors(actor_worker* worker) noexcept;
  eager_actors(const eager_actors&) = delete;
  eager_actors& operator=(const eager_actors&) = delete;
  ~eager_actors();

private:
  actor_worker* worker_;
};

class actor_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  /// A factory for `caf::actor_system_config::module_factories`.
  template <waiting How>
  static caf::actor_system::module* make(caf::actor_system& system) {
    return new actor_scheduler(system, How); // CAF takes ownership
  }

  std::size_t size() const noexcept { return workers_.size(); }
  boost::asio::io_context& context(std::size_t index) { return workers_[index]->context(); }

  void init(caf::actor_system_config& config) override;
  void start() override;
  void stop() override;
  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }

private:
  actor_scheduler(caf::actor_system& system, waiting how)
    : abstract_coordinator{system}, how_{how} {}

  const waiting how_;
  std::vector<std::unique_ptr<actor_worker>> workers_;
  std::vector<std::thread> threads_;
  frugal_clock<caf::detail::thread_safe_actor_clock> clock_;
  std::thread clock_thread_;
};

} // namespace gantry::runtime
