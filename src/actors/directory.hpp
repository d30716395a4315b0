// The directory actor: wakes repositories, lists the catalog, and changes the contents as a whole:
// it resets the registry or a part of it, renames repositories, and takes and restores snapshots.
//
// That is done on a separate thread. Requests to the directory wait meanwhile, so they see either
// the old contents or the new. The actors of the old contents are dismissed in slices.
//
// Lifetime: the supervisor spawns it and respawns it if it dies. Its state is in the engine and in
// `services`.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace gantry {

/// The most actors dismissed per slice of a reset.
inline constexpr std::size_t dismissal_slice = 256;

class directory_state {
public:
  static inline const char* name = "directory";

  /// A change of the contents that has not been answered yet.
  struct pending_change {
    caf::typed_response_promise<msg::acknowledged> promise;
    /// Set if only these repositories are changed.
    std::function<bool(const repository_name&)> concerns;
    /// What waits until the actors have been dismissed; empty once it has begun.
    std::function<result<void>()> when_gone;
    /// Set once the new contents are in place or have failed to load.
    std::optional<result<void>> outcome;
    handle_index<upload_id, upload_entry>::contents uploads;
    handle_index<repository_name, repository_actor>::contents repositories;
    /// All actors of the old contents have been dismissed.
    bool dismissed = false;
    std::unordered_set<caf::actor_addr> waiting_for;
  };
  std::list<pending_change> changes;
  /// While the contents are replaced or saved: the requests that wait.
  bool changing = false;
  std::deque<std::function<void()>> deferred;

  /// The name of each monitored repository.
  std::unordered_map<caf::actor_addr, repository_name> awake;
  bool trimming = false;
  /// Repositories that ended since the heap was last trimmed.
  std::size_t ended = 0;
};

directory_actor::behavior_type directory(directory_actor::stateful_pointer<directory_state> self,
                                         registry_services* services);

} // namespace gantry
