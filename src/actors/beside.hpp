// Runs slow work on a separate thread, for an actor that shares its thread with connections.
#pragma once

#include "actors/dispatch.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <utility>

namespace gantry {

/// The body of the detached actor. It takes an argument because CAF dereferences a null pointer if
/// a function actor has none.
inline void run_detached(caf::event_based_actor*, const std::function<void()>& work) {
  work();
}

/// Runs `work` on a separate thread, then `next(result)` as the actor `self`, unless the actor has
/// ended. `Self` accepts `msg::resume`. Without `own_thread` both run immediately.
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
