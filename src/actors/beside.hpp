// Work that takes long, on a thread of its own, for an actor that shares its thread with
// connections.
#pragma once

#include "actors/dispatch.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <utility>

namespace gantry {

/// The actor that has the thread. A function with arguments: CAF dereferences a null pointer where
/// a function has none.
inline void run_detached(caf::event_based_actor*, const std::function<void()>& work) {
  work();
}

/// Runs `work` on a thread of its own, then `next(result)` as the actor `self`, unless that has
/// ended. `Self` accepts `msg::resume`. Without `own_thread` both run at once.
template <class Self, class Work, class Next>
void run_beside(Self* self, bool own_thread, Work work, Next next) {
  if (!own_thread)
    return next(attempt(work));
  auto home = caf::actor_cast<typename Self::actor_hdl>(self);
  std::function<void()> all = [home, work, next] {
    auto outcome = attempt(work);
    auto later = [next, outcome = std::move(outcome)]() mutable { next(std::move(outcome)); };
    caf::anon_send(home, msg::resume{std::move(later)});
  };
  self->template spawn<caf::detached>(run_detached, std::move(all));
}

} // namespace gantry
