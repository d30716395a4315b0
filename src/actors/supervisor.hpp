// The supervisor actor: starts the registry's actors, restarts what dies (`restart_backoff`), and
// stops all of them in order.
//
// Life: spawned by the application and nobody else's child. Order of shutdown: collector,
// directory, uploads, repositories, digesters, blob stores; each step waits for the one before.
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

  /// How to start each child anew.
  std::map<caf::actor_addr, std::function<void()>> children;
  restart_backoff backoff;
  /// Children that died and are started later, first come, first served.
  std::deque<std::function<void()>> postponed;

  /// Set once a shutdown has begun.
  std::optional<caf::typed_response_promise<msg::acknowledged>> stopping;
  /// Kinds of actors whose turn has come.
  std::size_t dismissed = 0;
  std::unordered_set<caf::actor_addr> waiting_for;
  /// Those of the step who are not dismissed yet.
  handle_index<upload_id, upload_entry>::contents uploads;
  handle_index<repository_name, repository_actor>::contents repositories;
  bool dismissing = false;
};

/// Fills `services` when it is told to start, and empties it when it is told to stop.
supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self, registry_services* services);

} // namespace gantry
