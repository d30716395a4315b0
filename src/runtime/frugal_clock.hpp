// A clock of CAF that is left alone by actors which never set a timeout.
//
// CAF 0.17 has each actor that ends cancel its timeouts, whether it has any or not, and its clock
// wakes a thread for that: two wake-ups for each upload. Delayed messages are no timeouts; an
// actor's end does not cancel them.
#pragma once

#include "base/mutex.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_clock.hpp>

#include <atomic>
#include <cstdint>
#include <unordered_set>

namespace gantry::runtime {

/// `Clock` is one of CAF's. As safe for threads as that.
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
    if (!any_) // an actor sets its own timeouts, so that it sees its own here
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
