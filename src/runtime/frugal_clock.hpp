// A CAF clock that does no work for actors without timeouts.
//
// In CAF 0.17, each ending actor cancels its timeouts, even if it has none, and the clock wakes a
// thread for that: two wake-ups per upload. Delayed messages are not timeouts; they survive the
// actor.
#pragma once

#include "base/mutex.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_clock.hpp>

#include <atomic>
#include <cstdint>
#include <unordered_set>

namespace gantry::runtime {

/// `Clock` is one of CAF's; thread-safety is the same.
template <class Clock>
class frugal_clock final : public Clock {
public:
  void set_ordinary_timeout(caf::actor_clock::time_point t, caf::abstract_actor* self,
                            caf::atom_value type, std::uint64_t id) override {
    remember(*self);
    Clock::set_ordinary_timeout(t, self, type, id);
  }

  void set_multi_timeout(caf::actor_clock::time_point t, caf::abstract_actor* self,
                         caf::atom_value type, std::uint64_t id) override {
    remember(*self);
    Clock::set_multi_timeout(t, self, type, id);
  }

  void set_request_timeout(caf::actor_clock::time_point t, caf::abstract_actor* self,
                           caf::message_id id) override {
    remember(*self);
    Clock::set_request_timeout(t, self, id);
  }

  void cancel_timeouts(caf::abstract_actor* self) override {
    if (forget(*self))
      Clock::cancel_timeouts(self);
  }

private:
  void remember(const caf::abstract_actor& self) {
    const lock_guard guard{mutex_};
    holders_.insert(self.id());
    any_ = true;
  }

  /// False if the actor never set a timeout.
  bool forget(const caf::abstract_actor& self) {
    if (!any_) // an actor sets its own timeouts, so this thread sees them
      return false;
    const lock_guard guard{mutex_};
    const bool held = holders_.erase(self.id()) != 0;
    any_ = !holders_.empty();
    return held;
  }

  std::atomic<bool> any_ = false;
  mutex mutex_;
  std::unordered_set<caf::actor_id> holders_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::runtime
