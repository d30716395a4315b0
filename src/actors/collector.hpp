// The collector actor: once an interval it tells uploads to expire and idle repositories to sleep,
// those that are due and no others, in slices between which its thread serves connections;
// once a longer one, or when asked, it has the engine collect garbage; once another one, where it
// is told to, it has all blobs read back.
//
// Life: spawned by the supervisor, and again if it should die; ended by it first. Of uploads and
// repositories it decides nothing: whoever gets the message knows its own age. Collection and
// scrub run in actors with a thread of their own, for they wait for the disk.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace gantry {

/// Uploads, and as many repositories, that a slice of the collector looks at.
inline constexpr std::size_t sweep_slice = 64;

class collector_state {
public:
  static inline const char* name = "collector";

  /// Written by the collection's thread.
  struct progress {
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::uint64_t> total{0};
  };

  /// Null while no collection runs.
  std::shared_ptr<progress> running;
  bool running_dry = false;
  time_point next_collection{};
  bool scrubbing = false;
  time_point next_scrub{};
  std::optional<gc_report> last;
  /// The time of the tick whose slices are being worked off; none while there is nothing to do.
  std::optional<time_point> sweeping;
  /// Who waits for the one that runs.
  std::vector<caf::typed_response_promise<msg::collection_reply>> waiting;
};

collector_actor::behavior_type collector(collector_actor::stateful_pointer<collector_state> self,
                                         registry_services* services);

} // namespace gantry
