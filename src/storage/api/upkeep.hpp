// Work on all contents of an engine, and what operators see of it.
#pragma once

#include "domain/history.hpp"
#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "storage/api/completion.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace gantry {

/// What a garbage collection may remove.
struct gc_policy {
  /// Blobs without a link, and links that no manifest needs, are kept until their lease ends; blobs
  /// are then kept this much longer.
  std::chrono::milliseconds grace = std::chrono::hours{1};
  /// Saved uploads untouched for this long are removed.
  std::chrono::milliseconds upload_expiry = std::chrono::hours{24};
  /// Also removes manifests without a tag, unless an index of their repository names them or their
  /// subject exists. The grace period starts at the last of these events: the manifest was pushed,
  /// lost a tag, lost an index that names it, or lost its subject.
  bool delete_untagged = false;
  /// Counts without changing anything.
  bool dry_run = false;
  /// Treats leases and holds as over; safe only if there are no pushes.
  bool ignore_leases = false;
  /// Entries of the history that stay.
  history_rules history = {};
  /// How long manifests are kept after their deletion; those that the collection removes are kept
  /// as well. 0: none are. Absent: those that are kept stay, and no others are kept.
  std::optional<std::chrono::milliseconds> undo_window = std::nullopt;
  /// The most bytes that only those may hold: the oldest deletions go first. Absent: no limit.
  std::optional<std::uint64_t> undo_space = std::nullopt;
};

/// What a garbage collection removed, or would remove.
struct gc_report {
  std::uint64_t manifests = 0;
  std::uint64_t links = 0;
  /// Blobs whose grace period began.
  std::uint64_t condemned = 0;
  /// Blobs whose bytes were removed.
  std::uint64_t blobs = 0;
  /// Saved uploads that were removed.
  std::uint64_t uploads = 0;
  /// Entries of the history that were removed.
  std::uint64_t history = 0;
  /// Deleted manifests that are no longer kept.
  std::uint64_t forgotten = 0;
  /// Deleted manifests that are kept, and the bytes that only they hold.
  std::uint64_t kept = 0;
  std::uint64_t kept_bytes = 0;
  /// Files that belong to nothing, left by a crash.
  std::uint64_t orphans = 0;
  /// Bytes freed by blobs, uploads and orphans.
  std::uint64_t bytes = 0;
  /// Blobs and links were kept because the registry started so recently that pushes may rely on
  /// leases of the previous process.
  bool waits_for_leases = false;
  /// Links and blobs that only a stored lease keeps, and the end of the last such lease.
  std::uint64_t leased_links = 0;
  std::uint64_t leased_blobs = 0;
  time_point leases_end{};
};

/// The result of a scrub.
struct scrub_report {
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  /// Blobs whose bytes are damaged or missing. They are unknown until they are pushed again.
  std::uint64_t damaged = 0;
};

/// Progress of long work: `done` of `total` steps; `total` may grow. Returns whether to continue.
using progress_callback = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// The room of an engine, for operators.
struct storage_room {
  /// Bytes of all blobs, uploads and manifests; may lag behind writes.
  std::uint64_t used = 0;
  /// The most of them; absent if only the medium limits them.
  std::optional<std::uint64_t> limit = {};
  /// Bytes that the medium still takes; absent in memory.
  std::optional<std::uint64_t> free = {};
  /// Only writes that free bytes are accepted until the medium has room again.
  bool is_full = false;
};

/// Work on all contents. Long work runs on threads of the engine, while others read and write. Any
/// thread may ask.
class upkeep_engine {
public:
  virtual ~upkeep_engine() = default;

  /// Removes everything but snapshots. Blobs stay readable for readers that hold them; stores that
  /// were opened before do not affect the new contents.
  virtual void clear(completion<void> done) = 0;
  /// Removes the repositories within `top` (see `is_within`) and the saved uploads to them; leased
  /// or not. Precondition: none of their stores and sinks is open.
  virtual void clear_within(const repository_name& top, completion<void> done) = 0;

  /// Removes garbage; a second collection waits for the first. `progress` may stop it: the report
  /// then covers the completed work.
  virtual void collect(const gc_policy& policy, progress_callback progress,
                       completion<gc_report> done) = 0;
  /// Reads every blob back and compares digests, at most this many bytes per second. Starts
  /// anywhere and ends where it started, so that interrupted scrubs cover all blobs eventually. A
  /// memory engine has nothing to read. A second scrub waits for the first. If stopped, the report
  /// covers the completed work. Errors: storage_failed, disk_full.
  virtual void scrub(std::uint64_t bytes_per_second, progress_callback progress,
                     completion<scrub_report> done) = 0;

  /// Whether data written now will be found again, as far as the engine knows; not if its folder
  /// was removed or replaced. Cheap; does not wait. Errors: storage_failed.
  virtual result<void> health() const = 0;
  /// Cheap; does not wait. An engine that cannot say says nothing.
  virtual storage_room room() const { return {}; }
  /// The bytes of all blobs, uploads and manifests, including those of every answered write.
  virtual void used_bytes(completion<std::uint64_t> done) const = 0;
};

} // namespace gantry
