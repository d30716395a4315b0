// The order in which everything happens: steps of the engine, messages of the actors, and what the
// world adds. The dice choose at each step.
#pragma once

#include "base/stepper.hpp"
#include "simulation/dice.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace gantry::simulation {

/// What waits will wait forever: nothing is left to do.
class stuck : public std::runtime_error {
public:
  stuck() : std::runtime_error{"something waits, and nothing is left to do"} {}
};

/// What one thread passes to another that waits for it. Not std::binary_semaphore: that of
/// libstdc++ 12 may miss a release, and sleep for ever (its bug 104928).
class baton {
public:
  void pass() {
    {
      const std::lock_guard lock{mutex_};
      passed_ = true;
    }
    wake_.notify_one();
  }
  void take() {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return passed_; });
    passed_ = false;
  }

private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool passed_ = false;
};

/// Only one of its threads runs at any time: the one that created it, or that of `run_beside`.
class schedule final : public stepper {
public:
  schedule(dice& choices, trace_hash& trace) : choices_{choices}, trace_{trace} {}
  ~schedule() override;

  /// Actors whose messages are steps; null for none.
  void use_actors(caf::scheduler::test_coordinator* actors) noexcept { actors_ = actors; }
  /// How often an engine's step is chosen instead of an actor's, in percent.
  void set_engine_share(unsigned percent) noexcept { engine_share_ = percent; }

  void post(std::function<void()> step) override;
  void run_until(const std::function<bool()>& is_done) override;
  /// False if there is nothing to do.
  bool take_step();
  /// Takes steps until nothing is left to do.
  void run_all();
  /// The number of steps so far: the time of the histories.
  std::uint64_t now() const noexcept { return steps_taken_; }

  /// Runs work that waits, with other steps in between. One at a time.
  void run_beside(std::function<void()> work);
  bool is_beside() const noexcept { return beside_ != nullptr; }
  /// The work beside, or the rest, may go on here. No lock may be held.
  void give_way();

private:
  /// A thread that runs only while others wait for it.
  struct side {
    baton go;
    baton back;
    bool is_over = false;
    /// Null unless it waits.
    const std::function<bool()>* waits_for = nullptr;
    std::thread thread;
  };

  bool is_here() const noexcept { return running_beside_; }
  bool may_go_on_beside() const;
  /// Until it gives way.
  void go_on_beside();
  void leave_beside();
  void take_posted(std::size_t number);
  void take_message(std::size_t number);

  dice& choices_;
  trace_hash& trace_;
  caf::scheduler::test_coordinator* actors_ = nullptr;
  unsigned engine_share_ = 50;
  std::deque<std::function<void()>> posted_;
  std::uint64_t steps_taken_ = 0;
  std::unique_ptr<side> beside_;
  bool running_beside_ = false;
};

} // namespace gantry::simulation
