// The blob store actor: the blobs of one digest shard, each once, and their leases.
//
// Life: spawned by the supervisor when the registry starts and again if it should die; ended by it
// last.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/stateful_actor.hpp>

namespace gantry {

/// What the actor knows and decides; only the actor calls it, and tests do.
class blob_store_state {
public:
  static inline const char* name = "blob_store";

  void open(registry_services& services) { services_ = &services; }

  void publish(const msg::publish_blob& request, completion<msg::blob_reply> done);
  /// Renews the lease: whoever asks may build on the answer.
  result<msg::blob_reply> find(const digest& id);

private:
  time_point lease_end() const;

  registry_services* services_ = nullptr;
};

blob_store_actor::behavior_type
blob_store(blob_store_actor::stateful_pointer<blob_store_state> self, registry_services* services);

} // namespace gantry
