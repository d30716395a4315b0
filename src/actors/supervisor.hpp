// The supervisor actor: starts the registry's actors, restarts those that die (`restart_backoff`),
// and stops them in order.
//
// Lifetime: spawned by the application; it has no parent. Shutdown order: collector, directory,
// uploads, repositories, digesters, blob stores. Each step waits for the previous one.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"
#include "actors/restart_backoff.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <unordered_set>

namespace gantry {

class supervisor_state {
public:
  static inline const char* name = "supervisor";

  /// How to restart each child.
  std::map<caf::actor_addr, std::function<void()>> children;
  restart_backoff backoff;
  /// Dead children to restart later, in order.
  std::deque<std::function<void()>> postponed;

  /// Set during a shutdown.
  std::optional<caf::typed_response_promise<msg::acknowledged>> stopping;
  /// Kinds of actors that were dismissed so far.
  std::size_t dismissed = 0;
  std::unordered_set<caf::actor_addr> waiting_for;
  /// Actors of the current step that are not dismissed yet.
  handle_index<upload_id, upload_entry>::contents uploads;
  handle_index<repository_name, repository_actor>::contents repositories;
  bool dismissing = false;
};

/// Fills `services` on startup and empties it on shutdown.
supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self, registry_services* services);

} // namespace gantry
