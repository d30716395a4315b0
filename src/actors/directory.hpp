// The directory actor: wakes repositories up, answers the catalog, and resets the registry.
//
// A reset empties and seeds the engine on a thread of its own. Requests that come to the directory
// meanwhile wait, so they see what was there before or what is there after. The actors of the old
// contents are dismissed in slices.
//
// Life: spawned by the supervisor, and again if it should die; what it knows lies in the engine and
// in `services`.
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

/// Actors that a slice of a reset dismisses.
inline constexpr std::size_t dismissal_slice = 256;

class directory_state {
public:
  static inline const char* name = "directory";

  /// A reset that is not answered yet.
  struct pending_reset {
    caf::typed_response_promise<msg::acknowledged> promise;
    /// Set once the new contents are in place, or cannot be.
    std::optional<result<void>> outcome;
    handle_index<upload_id, upload_entry>::contents uploads;
    handle_index<repository_name, repository_actor>::contents repositories;
    /// Everybody who is not gone was dismissed.
    bool dismissed = false;
    std::unordered_set<caf::actor_addr> waiting_for;
  };
  std::list<pending_reset> resets;
  /// While the engine is being emptied: what came meanwhile.
  bool emptying = false;
  std::deque<std::function<void()>> deferred;

  /// The name of each repository that is watched.
  std::unordered_map<caf::actor_addr, repository_name> awake;
  bool trimming = false;
  /// Repositories that ended since memory was given back last.
  std::size_t ended = 0;
};

directory_actor::behavior_type directory(directory_actor::stateful_pointer<directory_state> self,
                                         registry_services* services);

} // namespace gantry
