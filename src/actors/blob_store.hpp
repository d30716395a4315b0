// The blob store actor: owns the digests of one shard. It decides who works on each, so that the
// same bytes become one blob, and until when an answer "it exists" must stay true.
//
// Lifetime: the supervisor spawns it at startup, respawns it if it dies, and ends it last. Its
// table of leases outlives it.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"
#include "domain/lease_table.hpp"

#include <caf/stateful_actor.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace gantry {

/// Owned by one blob store actor at a time.
using lease_table_ptr = std::shared_ptr<lease_table>;

/// The actor's state and decisions. Called only by the actor.
class blob_store_state {
public:
  static inline const char* name = "blob_store";

  void open(registry_services& services, std::size_t shard, lease_table_ptr table);

  lease_table& leases() noexcept { return *leases_; }
  /// Promises the blob for a while.
  void lease(const digest& id);
  time_point lease_end() const;

  /// Calls `next` when the work on the digest has ended.
  void wait(const digest& id, std::function<void()> next);
  /// The work on the digest has ended: those who wait go on, until one of them begins new work.
  void go_on(const digest& id);

  void reserve(const msg::reserve_digests& request);
  /// Takes back what the engine has released.
  void release();

private:
  registry_services* services_ = nullptr;
  released_digests* released_ = nullptr;
  lease_table_ptr leases_;
  /// The digest whose waiters are being let go on.
  std::optional<digest> going_on_;
  std::unordered_map<digest, std::deque<std::function<void()>>> waiting_;
};

/// An earlier blob store that had `table` is gone.
blob_store_actor::behavior_type
blob_store(blob_store_actor::stateful_pointer<blob_store_state> self, registry_services* services,
           std::size_t shard, lease_table_ptr table);

} // namespace gantry
