// A CAF scheduler on the io threads: one io_context per thread, which runs actors between its
// completions.
//
// An ask then costs a queue operation instead of waking another thread. Install it into an actor
// system with `make`; CAF starts and stops it. CAF 0.17 offers this interface without promising
// stability: only this file depends on it.
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

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

namespace gantry::runtime {

/// Runs the actors of one thread.
class actor_worker final : public caf::execution_unit {
public:
  /// An actor yields after `throughput` messages.
  actor_worker(caf::actor_system* system, std::size_t throughput, waiting how);

  /// Only on this worker's thread.
  void exec_later(caf::resumable* job) override;
  /// Thread-safe.
  void inject(caf::resumable* job);

  /// The body of the thread.
  void run();
  void request_stop();
  /// Call after the thread has ended: runs the rest of the io_context and drops the jobs.
  void abandon();

  boost::asio::io_context& context() noexcept { return context_; }
  /// Actors that wait for this worker; any thread.
  std::size_t queued() const noexcept { return queued_.load(std::memory_order_relaxed); }

private:
  friend class eager_actors;

  /// Publishes how many jobs there are.
  void note_jobs() noexcept { queued_.store(jobs_.size(), std::memory_order_relaxed); }
  void arm();
  void drain();
  /// Runs rounds until there is no work, but at most `max_rounds`, so that sockets get their turn.
  void run_rounds();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::deque<caf::resumable*> jobs_;
  std::atomic<std::size_t> queued_{0};
  std::size_t throughput_;
  waiting how_;
  /// Whether a call of `drain` is scheduled.
  bool armed_ = false;
  /// Whether the jobs will run before the thread does anything else.
  bool attended_ = false;
};

/// Actors that receive a message during this object's lifetime run when it ends, before anything
/// else on the thread. This saves a round trip through the io_context. Use only on the worker's
/// thread; without a worker, or inside an actor, it does nothing.
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
  std::size_t queued(std::size_t index) const noexcept { return workers_[index]->queued(); }

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
