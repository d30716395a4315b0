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

  /// Makes the sink's bytes the blob `id`; the caller has verified the digest. If the blob exists,
  /// this returns it. A blob without a link stays as long as it is held, and, if the engine is
  /// durable, until `lease_until`. Saved state stays until `forget_upload`, so a crash before the
  /// link loses nothing; after an error it is gone. The blob is durable no later than a link to it.
  /// Precondition: `sink` belongs to this engine; the publication before is settled. Errors:
  /// insufficient_storage, disk_full, storage_failed.
  virtual void publish(sink_ptr sink, const digest& id, time_point lease_until,
                       completion<blob_ptr> done) = 0;

  /// Answers when a publication has ended: the blob can be found, or its link reports why not.
  virtual void settle(const blob_ptr&, completion<void> done) { done({}); }

  /// A blob that a repository links, or that a durable engine keeps without a link. Errors:
  /// blob_unknown.
  virtual void find(const digest& id, completion<blob_ptr> done) = 0;
};

} // namespace gantry
