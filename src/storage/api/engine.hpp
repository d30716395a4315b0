// A storage engine. Actors decide; an engine stores blobs by digest and the metadata of each
// repository.
//
// Every operation that reads or writes takes a `completion`. A write is answered when it is as
// durable as the engine makes it: a memory engine answers before the write returns, an engine that
// commits in groups answers later from its own thread.
//
// A read sees every write whose completion was called. It may or may not see a write that was only
// submitted, so a read must not decide what to write next. Writes have conditions for that; the
// engine evaluates them in the order of submission, after all earlier writes.
//
// Besides the errors that it lists, any operation can fail with `disk_full`, `storage_failed` or
// `descriptors_exhausted` (the medium), `unavailable` (the engine was cleared meanwhile, or is too
// far away to answer) and `internal`.
//
// Leases are not the engine's: what may be removed, and who works on which digest, its
// `lease_keeper` decides.
//
// One contract suite (tests/storage/engine_contract.hpp) tests every engine against these comments.
#pragma once

#include "storage/api/blobs.hpp"
#include "storage/api/lease_keeper.hpp"
#include "storage/api/metadata.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/api/uploads.hpp"

#include <cstdint>

namespace gantry {

class snapshot_engine; // storage/api/snapshots.hpp

/// Who changes the contents of an engine.
enum class ownership : std::uint8_t {
  /// This process alone: what it read by tag stays true until it writes.
  exclusive,
  /// Other processes as well: only what is addressed by digest may be cached.
  shared,
};

/// The parts live as long as the engine. The destructor waits for answers that are due.
class storage_engine {
public:
  virtual ~storage_engine() = default;

  virtual upload_engine& uploads() = 0;
  virtual blob_engine& blobs() = 0;
  virtual metadata_engine& metadata() = 0;
  virtual upkeep_engine& upkeep() = 0;
  /// Null if the engine keeps none.
  virtual snapshot_engine* snapshots() noexcept { return nullptr; }
  virtual ownership owner() const noexcept { return ownership::exclusive; }
  /// The engine asks `keeper` before it removes content. Null if there is none, as at first: then
  /// nothing is leased, and only one caller works on the engine. `keeper` outlives its use.
  virtual void set_keeper(lease_keeper* keeper) noexcept = 0;
};

} // namespace gantry
