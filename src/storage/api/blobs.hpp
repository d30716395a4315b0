// The blobs of all repositories.
#pragma once

#include "domain/time_point.hpp"
#include "storage/api/blob.hpp"
#include "storage/api/completion.hpp"
#include "storage/api/uploads.hpp"

namespace gantry {

/// Blobs by digest. Calls for one digest come from one caller at a time (its blob_store actor),
/// those for different digests from any thread.
class blob_engine {
public:
  virtual ~blob_engine() = default;

  /// Makes the sink's bytes the blob `id`, leased until `lease_until`; the caller has verified the
  /// digest. If the blob exists, this renews the lease and returns the existing blob. Saved state
  /// stays until `forget_upload`, so a crash before the link loses nothing; after an error it is
  /// gone. The blob can be found from then on; it is durable no later than a link to it.
  /// Precondition: `sink` belongs to this engine. Errors: insufficient_storage, disk_full,
  /// storage_failed.
  virtual void publish(sink_ptr sink, const digest& id, time_point lease_until,
                       completion<blob_ptr> done) = 0;

  /// Errors: blob_unknown.
  virtual void find(const digest& id, completion<blob_ptr> done) = 0;

  /// Finds the blob, and promises that it stays until `lease_until`, linked or not; never shortens
  /// a lease. Every answer "it exists" that a push may rely on renews the lease. Errors:
  /// blob_unknown.
  virtual void lease(const digest& id, time_point lease_until, completion<blob_ptr> done) = 0;
};

} // namespace gantry
