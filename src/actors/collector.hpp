// The collector actor. At each interval it finds expired uploads and idle repositories and tells
// them to end, in slices between which its thread serves connections. It starts garbage collections
// at a longer interval or on request, and scrubs if configured.
//
// Lifetime: the supervisor spawns it, respawns it if it dies, and ends it first. It only suggests:
// the upload or repository that gets the message checks its own age. Collections and scrubs run in
// detached actors because they wait for the disk.
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

/// The most uploads, and the most repositories, per slice.
inline constexpr std::size_t sweep_slice = 64;

class collector_state {
public:
  static inline const char* name = "collector";

  /// Written by the collection's thread.
  struct progress {
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::uint64_t> total{0};
  };

  /// Null unless a collection is running.
  std::shared_ptr<progress> running;
  bool running_dry = false;
  time_point next_collection{};
  bool scrubbing = false;
  time_point next_scrub{};
  std::optional<gc_report> last;
  /// The time of the tick whose slices are being processed; empty if idle.
  std::optional<time_point> sweeping;
  /// Requests waiting for the end of the sweep.
  std::vector<caf::typed_response_promise<msg::acknowledged>> catching_up;
  /// Requests waiting for the running collection.
  std::vector<caf::typed_response_promise<msg::collection_reply>> waiting;
  /// Why the actor ends as soon as the engine has answered.
  std::optional<caf::error> leaving;

  bool is_working() const noexcept { return running || scrubbing; }
};

collector_actor::behavior_type collector(collector_actor::stateful_pointer<collector_state> self,
                                         registry_services* services);

} // namespace gantry
