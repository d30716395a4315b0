// The interface of a storage engine. Actors decide; an engine stores blobs by digest and the
// metadata of each repository.
//
// Reads return immediately. Writes take a `completion`, which the engine calls exactly once, when
// the write is as durable as the engine makes it: a memory engine calls it before the write
// returns, an engine that commits in groups calls it later from its own thread. It may be any
// thread, also the one that asked, but without a lock of the engine; a completion does not block. A
// write that throws has not called it, and will not.
//
// A read sees every write whose completion was called. It may or may not see a write that was only
// submitted, so a read must not decide what to write next. Writes have conditions for that; the
// engine evaluates them in the order of submission, after all earlier writes.
//
// Besides the errors that it lists, any call can fail with `disk_full`, `storage_failed` or
// `descriptors_exhausted` (the medium), `unavailable` (the engine was cleared meanwhile) and
// `internal`.
//
// One contract suite (tests/storage/engine_contract.hpp) tests every engine against these comments.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/manifest.hpp"
#include "domain/paging.hpp"
#include "domain/reference.hpp"
#include "domain/referrers.hpp"
#include "domain/repository_name.hpp"
#include "domain/tag_patterns.hpp"
#include "domain/upload.hpp"
#include "domain/upload_id.hpp"
#include "domain/validation.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gantry {

/// Wall-clock time because leases outlive the process that granted them.
using time_point = std::chrono::system_clock::time_point;

template <class T>
using completion = std::function<void(result<T>)>;

/// The location of a blob's bytes in a file.
struct blob_file {
  /// For sendfile(2) and pread(2); owned by the blob. -1 if there is no file.
  int descriptor = -1;
  /// Offset of the first byte.
  std::uint64_t begin = 0;

  explicit operator bool() const noexcept { return descriptor >= 0; }
};

/// The immutable bytes of one blob. Thread-safe; readable as long as the blob is held, even after
/// its deletion.
class blob {
public:
  virtual ~blob() = default;

  virtual const digest& id() const noexcept = 0;
  /// In bytes.
  virtual std::uint64_t size() const noexcept = 0;
  /// No file if the bytes are inline.
  virtual blob_file file() const noexcept = 0;
  /// All bytes of a blob without a file; empty otherwise.
  virtual std::string_view inline_bytes() const noexcept = 0;
  /// All bytes of a blob with a file, mapped into memory, if its engine sends them faster that way
  /// and has room for the mapping; empty otherwise. Valid as long as the blob.
  virtual std::string_view mapped_bytes() const noexcept { return {}; }
};

using blob_ptr = std::shared_ptr<const blob>;

/// Receives the bytes of one upload. Not thread-safe. The destructor frees everything unless the
/// sink was published or saved.
class blob_sink {
public:
  virtual ~blob_sink() = default;

  /// Appends bytes. After an error the sink is unchanged. Errors: insufficient_storage, internal.
  virtual result<void> append(std::span<const std::byte> bytes) = 0;
  /// The number of bytes received.
  virtual std::uint64_t size() const noexcept = 0;
  /// Reads back received bytes; returns how many, fewer than requested only at the end. Thread-safe
  /// while the owner does not change the sink. Errors: storage_failed, internal.
  virtual result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const = 0;

  /// Saves the upload, so that `claim_upload` finds it in another process; a memory engine does
  /// nothing. `hash` covers the bytes so far. Precondition: `position.offset` is `size()`. Errors:
  /// insufficient_storage, disk_full, storage_failed; an earlier save then stays valid.
  virtual result<void> save(const repository_name& repository, const upload_position& position,
                            const hasher& hash) = 0;
  /// Frees everything, including saved state. The sink is unusable afterwards.
  virtual void discard() noexcept = 0;
};

/// An upload that an earlier process or session left.
struct resumed_upload {
  repository_name repository;
  upload_position position;
  /// Covers the bytes up to `position.offset`.
  hasher hash;
  std::unique_ptr<blob_sink> sink;
  /// If set, `hash` is empty, and the caller must hash the bytes first: the engine does not read
  /// gigabytes while others wait.
  bool unhashed = false;
  /// The digest that this hashing must give: after a reboot, the bytes count only if it matches.
  std::optional<digest> expected = std::nullopt;
};

/// The blobs of all repositories by digest. Any thread may open sinks and renew leases. `publish`
/// and `find` are called by one caller at a time per digest (its blob_store actor), concurrently
/// for different digests.
class blob_engine {
public:
  virtual ~blob_engine() = default;

  /// Opens a new upload. Errors: upload_busy (there is one of that id), insufficient_storage,
  /// internal.
  virtual result<std::unique_ptr<blob_sink>> open_sink(const upload_id& id) = 0;

  /// Opens a saved upload in its last saved state; later bytes are dropped. One caller gets it, at
  /// whatever moment others ask. Errors: upload_unknown, upload_busy (a sink has it open, or it is
  /// just being removed), descriptors_exhausted, storage_failed.
  virtual result<resumed_upload> claim_upload(const upload_id& id) = 0;

  /// The number of saved uploads that nothing has claimed. Cheap.
  virtual std::size_t saved_uploads() const = 0;
  /// Removes the saved state of an upload whose sink is gone: its blob is linked, or never will be.
  /// Does nothing if there is none.
  virtual void forget_upload(const upload_id& id) noexcept = 0;

  /// Makes the sink's bytes the blob `id`, leased until `lease_until`; the caller has verified the
  /// digest. If the blob exists, this renews the lease and returns the existing blob. Saved state
  /// stays until `forget_upload`, so a crash before the link loses nothing; after an error it is
  /// gone. The blob can be found from then on; it is durable no later than a link to it.
  /// Precondition: `sink` belongs to this engine. Errors: insufficient_storage, disk_full,
  /// storage_failed, internal.
  virtual void publish(std::unique_ptr<blob_sink> sink, const digest& id, time_point lease_until,
                       completion<blob_ptr> done) = 0;

  /// Errors: blob_unknown, internal.
  virtual result<blob_ptr> find(const digest& id) = 0;

  /// Promises that the blob stays until `lease_until`, linked or not; never shortens a lease. Every
  /// answer "it exists" that a push may rely on renews the lease. Errors: blob_unknown.
  virtual result<void> renew_lease(const digest& id, time_point lease_until) = 0;
};

/// The most missing blobs and children to search for and name: a manifest may reference tens of
/// thousands.
inline constexpr std::size_t max_missing_named = 100;

/// References of a manifest that its repository lacks.
struct missing_references {
  /// Each digest once, at most `max_missing_named`.
  std::vector<digest> named;
  /// The search stopped at the limit: there may be more.
  bool stopped = false;
};

/// A manifest to be stored in a repository.
struct manifest_write {
  manifest_ptr value;
  /// Tags to point to it; other tags are unchanged.
  std::vector<tag> tags = {};
  /// Refuse the write if one of these exists and points to another manifest.
  std::vector<tag> immutable_tags = {};
  /// Refuse the write if it would create a repository beyond this count. 0 = unlimited.
  std::size_t max_repositories = 0;
  /// Whether required blobs and children must be in the repository at the moment of the write
  /// (reject), or the answer lists the missing ones (warn). A child may be a manifest or a blob
  /// because buildkit lists its cache layers as manifests of an index.
  validation_policy::references references = validation_policy::references::accept;
  /// Refuse the write if a required blob is in the repository with a size other than the
  /// manifest's.
  bool check_sizes = false;
};

/// The metadata of one repository: manifests, tags, blob links, referrers. One caller at a time
/// (its repository actor). Writes are evaluated in the order of submission; in the disk engine,
/// reads do not wait for them. Reads without a `result` throw `storage_failure`.
class repository_store {
public:
  virtual ~repository_store() = default;

  /// Errors: manifest_unknown.
  virtual result<manifest_ptr> find_manifest(const reference& name) const = 0;
  /// Like `find_manifest`, and promises that the manifest stays until `lease_until`, tagged or not,
  /// unless it is deleted. Used for `HEAD`, whose answer a push may rely on. Errors:
  /// manifest_unknown.
  virtual result<manifest_ptr> lease_manifest(const reference& name,
                                              time_point lease_until) const = 0;
  /// Sorted bytewise.
  virtual page<tag> list_tags(const page_request& request) const = 0;
  /// Manifests of this repository whose subject is `subject`, filtered and paged.
  virtual referrers_page list_referrers(const digest& subject,
                                        const referrers_query& query) const = 0;
  /// A blob that is linked to this repository. Errors: blob_unknown, internal.
  virtual result<blob_ptr> find_blob(const digest& id) const = 0;
  /// Like `find_blob`, and promises that the blob and its link stay until `lease_until`. Used for
  /// every answer "it exists" that a push may rely on. Errors: blob_unknown, internal.
  virtual result<blob_ptr> lease_blob(const digest& id, time_point lease_until) const = 0;
  /// Whether it holds a manifest and is therefore in the catalog.
  virtual bool has_manifests() const = 0;

  /// Returns the missing references if the write asks for them. Looks up each digest once, and at
  /// most one batch beyond `max_missing_named` missing ones. Errors: tag_immutable, quota_reached,
  /// manifest_blob_unknown (with the missing digests), manifest_invalid (a size differs),
  /// insufficient_storage, internal.
  virtual void put_manifest(manifest_write write, completion<missing_references> done) = 0;
  /// Idempotent. Precondition: `linked` belongs to this engine. Errors: blob_unknown (it was
  /// removed meanwhile), insufficient_storage, internal.
  virtual void link_blob(blob_ptr linked, completion<void> done) = 0;
  /// May end the lease of a blob that is no longer linked by any repository. Errors: blob_unknown,
  /// tag_immutable, internal.
  virtual void unlink_blob(const digest& id, completion<void> done) = 0;
  /// Removes only the tag. Errors: manifest_unknown, tag_immutable, internal.
  virtual void delete_tag(const tag& name, completion<void> done) = 0;
  /// Removes the manifest, every tag that points to it, and its entry in its subject's referrers.
  /// Errors: manifest_unknown, tag_immutable, internal.
  virtual void delete_manifest(const digest& id, completion<void> done) = 0;

  /// A push continues in this repository until then: garbage collection keeps its links and
  /// manifests, unless their lease ended longer ago than a hold may extend it (an engine option).
  /// So even a repository that is pushed to constantly loses its garbage. The last call counts, so
  /// a hold may be shortened. Forgotten with the process.
  virtual void hold_until(time_point until) = 0;
  /// Makes the tags that match immutable. `delete_tag`, `delete_manifest`, `unlink_blob`, and a
  /// `put_manifest` that replaces the bytes of a digest fail with tag_immutable if they would
  /// remove such a tag, its manifest, or anything that the manifest needs; this is decided at the
  /// moment of the write. Forgotten with the store.
  virtual void protect(std::shared_ptr<const tag_patterns> immutable) = 0;
};

/// Repositories by name. Thread-safe. Reads throw `storage_failure`.
class metadata_engine {
public:
  virtual ~metadata_engine() = default;

  /// Opens the repository's metadata; nothing is created before the first write.
  virtual std::shared_ptr<repository_store> open(const repository_name& name) = 0;
  /// Whether there is room to open that repository. Errors: insufficient_storage.
  virtual result<void> may_open(const repository_name&) const { return {}; }
  /// Whether the repository holds anything: a manifest or a blob link.
  virtual bool contains(const repository_name& name) const = 0;
  /// Repositories with at least one manifest, sorted bytewise.
  virtual page<repository_name> list_repositories(const page_request& request) const = 0;
  /// The total number of repositories in `list_repositories`.
  virtual std::size_t repository_count() const = 0;
};

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

class snapshot_engine; // domain/snapshots.hpp

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

/// A storage engine: blobs, metadata, and operations on both.
class storage_engine {
public:
  virtual ~storage_engine() = default;

  virtual blob_engine& blobs() = 0;
  virtual metadata_engine& metadata() = 0;
  /// Removes everything but snapshots. Blobs stay readable for readers that hold them; stores that
  /// were opened before do not affect the new contents. May block for long: call it from a thread
  /// that may wait. Others may read and write meanwhile. Throws `storage_failure`.
  virtual void clear() = 0;
  /// Removes the repositories within `top` (see `is_within`) and the saved uploads to them; the
  /// leases of their blobs may end. Precondition: none of their stores and sinks is open. May block
  /// for long. Throws `storage_failure`.
  virtual void clear_within(const repository_name& top) = 0;
  /// Null if the engine keeps none. The result lives as long as the engine.
  virtual snapshot_engine* snapshots() noexcept { return nullptr; }
  /// Whether data written now will be found again; not if its folder was removed or replaced.
  /// Cheap; thread-safe. Errors: storage_failed.
  virtual result<void> health() const = 0;
  /// Cheap, and does not wait for writes; thread-safe. An engine that cannot say says nothing.
  virtual storage_room room() const { return {}; }
  /// The bytes of all blobs, uploads and manifests, including those of every answered write. May
  /// wait for writes.
  virtual std::uint64_t used_bytes() const = 0;

  /// Removes garbage while others read and write. Blocks: call it from a separate thread, one at a
  /// time. If `progress` stops it, the report covers the completed work. Errors: internal.
  virtual result<gc_report> collect(const gc_policy& policy, const progress_callback& progress) = 0;

  /// Reads every blob back and compares digests, at most this many bytes per second, while others
  /// read and write. Starts anywhere and ends where it started, so that interrupted scrubs cover
  /// all blobs eventually. A memory engine has nothing to read. Blocks: call it from a separate
  /// thread, one at a time. If stopped, the report covers the completed work. Errors:
  /// storage_failed, disk_full.
  virtual result<scrub_report> scrub(std::uint64_t bytes_per_second,
                                     const progress_callback& progress) = 0;
};

} // namespace gantry
