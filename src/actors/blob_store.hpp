// The blob store actor: owns the blobs of one digest shard, each stored once, and their leases.
//
// Lifetime: the supervisor spawns it at startup, respawns it if it dies, and ends it last.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/stateful_actor.hpp>

namespace gantry {

/// The actor's state and decisions. Called only by the actor and by tests.
class blob_store_state {
public:
  static inline const char* name = "blob_store";

  void open(registry_services& services) { services_ = &services; }

  void publish(const msg::publish_blob& request, completion<blob_ptr> done);
  /// Renews the lease, so that a push can rely on the answer.
  void find(const digest& id, completion<blob_ptr> done);
  void list_linking(const msg::list_linking& request, completion<page<repository_name>> done);

private:
  time_point lease_end() const;

  registry_services* services_ = nullptr;
};

blob_store_actor::behavior_type
blob_store(blob_store_actor::stateful_pointer<blob_store_state> self, registry_services* services);

} // namespace gantry
