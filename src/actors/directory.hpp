// The directory actor: wakes repositories up, answers the catalog, and resets the registry.
//
// Life: spawned by the supervisor, and again if it should die; what it knows lies in the engine and
// in `services`.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/services.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace gantry {

class directory_state {
public:
  static inline const char* name = "directory";

  /// A reset whose old actors are not all gone yet.
  struct pending_reset {
    caf::typed_response_promise<msg::done> promise;
    std::set<caf::actor_addr> waiting_for;
  };
  std::vector<pending_reset> resets;

  /// The name of each repository that is watched.
  std::map<caf::actor_addr, repository_name> awake;
  /// Repositories that ended since memory was given back last.
  std::size_t ended = 0;
};

directory_actor::behavior_type directory(directory_actor::stateful_pointer<directory_state> self,
                                         services* environment);

} // namespace gantry
