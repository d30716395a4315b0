// Uploads until they are published.
#pragma once

#include "domain/digest.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload.hpp"
#include "domain/upload_id.hpp"
#include "storage/api/completion.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace gantry {

/// Receives the bytes of one upload. Not thread-safe: `append` and `save` wait for the answer to
/// the one before. The sink may be destroyed before the answer. The destructor frees everything
/// unless the sink was published or saved.
class blob_sink {
public:
  virtual ~blob_sink() = default;

  /// Appends bytes, which stay valid until the answer. After an error the sink is unchanged.
  /// Errors: insufficient_storage, disk_full, storage_failed.
  virtual void append(std::span<const std::byte> bytes, completion<void> done) = 0;
  /// The number of bytes received.
  virtual std::uint64_t size() const noexcept = 0;
  /// Reads received bytes back into `buffer`, which stays valid until the answer, and returns how
  /// many: fewer than requested only at the end. Any thread, while the owner does not change the
  /// sink. Errors: storage_failed.
  virtual void read(std::span<std::byte> buffer, std::uint64_t offset,
                    completion<std::size_t> done) const = 0;

  /// Saves the upload, so that `claim_upload` finds it in another process; an engine without that
  /// does nothing. `hash` covers the bytes so far. Precondition: `position.offset` is `size()`.
  /// Errors: insufficient_storage, disk_full, storage_failed; an earlier save then stays valid.
  virtual void save(const repository_name& repository, const upload_position& position,
                    const hasher& hash, completion<void> done) = 0;
  /// Frees everything, including saved state. The sink is unusable afterwards.
  virtual void discard() noexcept = 0;
};

using sink_ptr = std::unique_ptr<blob_sink>;

/// An upload that an earlier process or session left.
struct resumed_upload {
  repository_name repository;
  upload_position position;
  /// Covers the bytes up to `position.offset`.
  hasher hash;
  sink_ptr sink;
  /// If set, `hash` is empty, and the caller must hash the bytes first: the engine does not read
  /// gigabytes while others wait.
  bool unhashed = false;
  /// The digest that this hashing must give: after a reboot, the bytes count only if it matches.
  std::optional<digest> expected = std::nullopt;
};

/// The open and the saved uploads. Any thread.
class upload_engine {
public:
  virtual ~upload_engine() = default;

  /// Opens a new upload. Errors: upload_busy (there is one of that id), insufficient_storage.
  virtual void open_sink(const upload_id& id, completion<sink_ptr> done) = 0;

  /// Opens a saved upload in its last saved state; later bytes are dropped. One caller gets it, at
  /// whatever moment others ask. Errors: upload_unknown, upload_busy (a sink has it open, or it is
  /// just being removed), descriptors_exhausted, storage_failed.
  virtual void claim_upload(const upload_id& id, completion<resumed_upload> done) = 0;

  /// The number of saved uploads that nothing has claimed. Cheap; does not wait.
  virtual std::size_t saved_uploads() const = 0;
  /// Removes the saved state of an upload whose sink is gone: its blob is linked, or never will be.
  /// Does nothing if there is none.
  virtual void forget_upload(const upload_id& id) noexcept = 0;
};

} // namespace gantry
