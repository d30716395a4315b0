// What a storage engine must do. Actors decide, an engine keeps: blobs by digest, and the metadata
// of each repository.
//
// Reads answer at once. Writes take a `completion`, which the engine calls exactly once when the
// write is as durable as the engine makes it: an engine that keeps nothing calls it before it
// returns, one that commits in groups calls it later from a thread of its own.
//
// A read sees every write whose completion was called. It may or may not see one that was only
// submitted, so it must not decide what to write next: writes have conditions for that, which the
// engine judges in the order of submission, each after all writes before it.
//
// Besides the errors that it lists, any call can fail with `disk_full`, `storage_failed` or
// `descriptors_exhausted` (the medium), `unavailable` (everything was forgotten meanwhile) and
// `internal`.
//
// One contract suite (tests/storage/engine_contract.hpp) holds every engine to these comments.
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

/// Wall-clock time: leases outlive the process that gave them.
using time_point = std::chrono::system_clock::time_point;

template <class T>
using completion = std::function<void(result<T>)>;

/// Where the bytes of a blob lie in a file.
struct blob_file {
  /// For sendfile(2) and pread(2); owned by the blob. -1 for no file.
  int descriptor = -1;
  /// The first byte.
  std::uint64_t begin = 0;

  explicit operator bool() const noexcept { return descriptor >= 0; }
};

/// The immutable bytes of one blob; any thread may read them as long as it holds the blob, even
/// after it was deleted.
class blob {
public:
  virtual ~blob() = default;

  virtual const digest& id() const noexcept = 0;
  /// Bytes.
  virtual std::uint64_t size() const noexcept = 0;
  /// None if the bytes are inline.
  virtual blob_file file() const noexcept = 0;
  /// All bytes of a blob without a file; empty otherwise.
  virtual std::string_view inline_bytes() const noexcept = 0;
};

using blob_ptr = std::shared_ptr<const blob>;

/// Takes the bytes of one upload. One owner at a time. Destroyed unpublished, it gives everything
/// back, unless it was saved.
class blob_sink {
public:
  virtual ~blob_sink() = default;

  /// Adds bytes at the end. After an error the sink still holds what it held before.
  /// Errors: insufficient_storage, internal.
  virtual result<void> append(std::span<const std::byte> bytes) = 0;
  /// Bytes taken so far.
  virtual std::uint64_t size() const noexcept = 0;
  /// Reads back what was taken; how many bytes: fewer than asked for only at the end. Any thread,
  /// as long as the owner changes nothing meanwhile. Errors: storage_failed, internal.
  virtual result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const = 0;

  /// Keeps the upload as it stands, so that `resume_sink` finds it when this process is gone; an
  /// engine that forgets everything then does nothing. `hash` is that of the bytes so far.
  /// Precondition: `position.offset` is `size()`. Errors: insufficient_storage, disk_full,
  /// storage_failed; then what was saved before is still good.
  virtual result<void> save(const repository_name& repository, const upload_position& position,
                            const hasher& hash) = 0;
  /// Gives everything back, also what was saved. The sink is of no use afterwards.
  virtual void discard() noexcept = 0;
};

/// An upload that another process, or a session before this one, has left.
struct resumed_upload {
  repository_name repository;
  upload_position position;
  /// Of the bytes up to `position.offset`.
  hasher hash;
  std::unique_ptr<blob_sink> sink;
  /// `hash` is empty, and the bytes must be hashed before anything else is done with them: the
  /// engine does not read gigabytes where others wait.
  bool unhashed = false;
  /// What that must give: bytes of another run of the machine count only if it does.
  std::optional<digest> expected = std::nullopt;
};

/// Blobs by digest, of all repositories. Sinks may be opened, and leases renewed, from any thread;
/// `publish` and `find` of one digest come from one caller at a time (its blob_store actor), of
/// different digests concurrently.
class blob_engine {
public:
  virtual ~blob_engine() = default;

  /// Errors: insufficient_storage, internal.
  virtual result<std::unique_ptr<blob_sink>> open_sink(const upload_id& id) = 0;

  /// What was saved last of the upload `id`. Bytes that came after that are dropped. Precondition:
  /// no sink of that id is open. Errors: upload_unknown, descriptors_exhausted, storage_failed.
  virtual result<resumed_upload> resume_sink(const upload_id& id) = 0;

  /// Saved uploads that no sink has open. Cheap.
  virtual std::size_t saved_uploads() const = 0;
  /// Gives back what was saved of an upload whose sink is gone: it was published and its blob is
  /// linked, or it never will be. Nothing saved is no error.
  virtual void forget_upload(const upload_id& id) noexcept = 0;

  /// Makes the sink's bytes the blob `id`, leased until `lease_until`; the caller has verified the
  /// digest. If the blob exists already, the lease is renewed and the present blob is the answer.
  /// What was saved stays until `forget_upload`, so that a crash ahead of the link loses nothing;
  /// after an error it is gone. From then on the blob is found; it is durable at the latest when a
  /// link to it is. Precondition: `sink` is one of this engine's. Errors: insufficient_storage,
  /// disk_full, storage_failed, internal.
  virtual void publish(std::unique_ptr<blob_sink> sink, const digest& id, time_point lease_until,
                       completion<blob_ptr> done) = 0;

  /// Errors: blob_unknown, internal.
  virtual result<blob_ptr> find(const digest& id) = 0;

  /// Promises that the blob stays until `lease_until`, linked or not; never shortens a lease. Every
  /// answer "it exists" that a push may build on renews it. Errors: blob_unknown.
  virtual result<void> renew_lease(const digest& id, time_point lease_until) = 0;
};

/// At most this many missing blobs and children are named, and looked for: a manifest may name tens
/// of thousands.
inline constexpr std::size_t max_missing_named = 100;

/// What a manifest names and its repository lacks.
struct missing_references {
  /// Each digest once, at most `max_missing_named`.
  std::vector<digest> named;
  /// The search ended there: there may be more.
  bool stopped = false;
};

/// A manifest on its way into a repository.
struct manifest_write {
  manifest_ptr value;
  /// Tags that shall point to it from now on; other tags stay as they are.
  std::vector<tag> tags = {};
  /// Refuse the write if one of these exists and points to another manifest.
  std::vector<tag> immutable_tags = {};
  /// Refuse the write if it would create a repository beyond this count. 0 = unlimited.
  std::size_t max_repositories = 0;
  /// Whether required blobs and children must be in the repository at the moment of the write
  /// (reject), or the answer says which are not (warn). A child may be a manifest or a blob, for
  /// buildkit lists the layers of its cache as manifests of an index.
  validation_policy::references references = validation_policy::references::accept;
  /// Refuse the write if a required blob that is in the repository has another size than the
  /// manifest says.
  bool check_sizes = false;
};

/// The metadata of one repository: manifests, tags, blob links, referrers. One caller at a time
/// (its repository actor). Its writes are judged in the order of their submission; on disk a read
/// runs ahead of them. Reads without a `result` throw `storage_failure`.
class repository_store {
public:
  virtual ~repository_store() = default;

  /// Errors: manifest_unknown.
  virtual result<manifest_ptr> find_manifest(const reference& name) const = 0;
  /// The same, and promises that the manifest stays until `lease_until`, tagged or not, unless it
  /// is deleted: the answer to a `HEAD`, which a push may build on. Errors: manifest_unknown.
  virtual result<manifest_ptr> lease_manifest(const reference& name,
                                              time_point lease_until) const = 0;
  /// Sorted bytewise.
  virtual page<tag> list_tags(const page_request& request) const = 0;
  /// Manifests of this repository whose subject is `subject`, filtered and paged.
  virtual referrers_page list_referrers(const digest& subject,
                                        const referrers_query& query) const = 0;
  /// A blob that is linked to this repository. Errors: blob_unknown, internal.
  virtual result<blob_ptr> find_blob(const digest& id) const = 0;
  /// The same, and promises that blob and link stay until `lease_until`: every answer "it exists"
  /// that a push may build on. Errors: blob_unknown, internal.
  virtual result<blob_ptr> lease_blob(const digest& id, time_point lease_until) const = 0;
  /// Whether it holds a manifest: then the catalog lists it.
  virtual bool has_manifests() const = 0;

  /// Answers with what is missing, if the write asks for that. Looks for each digest once, and for
  /// no more than one batch beyond `max_missing_named` missing ones. Errors: tag_immutable,
  /// quota_reached, manifest_blob_unknown (with the missing digests), manifest_invalid (a size
  /// differs), insufficient_storage, internal.
  virtual void put_manifest(manifest_write write, completion<missing_references> done) = 0;
  /// Idempotent. Precondition: `linked` is a blob of this engine. Errors: blob_unknown (it is gone
  /// meanwhile), insufficient_storage, internal.
  virtual void link_blob(blob_ptr linked, completion<void> done) = 0;
  /// May end the lease of a blob that no repository links any more. Errors: blob_unknown,
  /// tag_immutable, internal.
  virtual void unlink_blob(const digest& id, completion<void> done) = 0;
  /// Only the tag goes. Errors: manifest_unknown, tag_immutable, internal.
  virtual void delete_tag(const tag& name, completion<void> done) = 0;
  /// The manifest goes, every tag that points to it and its entry in its subject's referrers.
  /// Errors: manifest_unknown, tag_immutable, internal.
  virtual void delete_manifest(const digest& id, completion<void> done) = 0;

  /// Until then a push goes on here: no collection takes a link or a manifest of this repository,
  /// unless its lease has been over for as long as a hold may prolong it (an option of the engine).
  /// So a repository that is pushed to all the time loses its garbage, too. The last call counts,
  /// so a hold may be shortened. Forgotten with the process.
  virtual void hold_until(time_point until) = 0;
  /// Tags that match are immutable from now on. `delete_tag`, `delete_manifest`, `unlink_blob`, and
  /// a `put_manifest` of other bytes under a digest that is there, refuse what would take such a
  /// tag, its manifest, or anything that this needs (tag_immutable); that is decided in the moment
  /// of the write. Forgotten with the store.
  virtual void protect(std::shared_ptr<const tag_patterns> immutable) = 0;
};

/// Repositories by name. Any thread. Reads throw `storage_failure`.
class metadata_engine {
public:
  virtual ~metadata_engine() = default;

  /// The repository's metadata; nothing comes into being before the first write.
  virtual std::shared_ptr<repository_store> open(const repository_name& name) = 0;
  /// Whether there is room for that repository to come into use. Errors: insufficient_storage.
  virtual result<void> may_open(const repository_name&) const { return {}; }
  /// Whether the repository holds anything: a manifest or a blob link.
  virtual bool contains(const repository_name& name) const = 0;
  /// Repositories with at least one manifest, sorted bytewise.
  virtual page<repository_name> list_repositories(const page_request& request) const = 0;
  /// How many `list_repositories` has in all.
  virtual std::size_t repository_count() const = 0;
};

/// What a collection may take.
struct gc_policy {
  /// Blobs without a link, and links that no manifest needs, are left alone until their lease is
  /// over; blobs then wait this long before their bytes go.
  std::chrono::milliseconds grace = std::chrono::hours{1};
  /// Saved uploads that nobody touched for this long go.
  std::chrono::milliseconds upload_expiry = std::chrono::hours{24};
  /// Manifests without a tag go, too, unless an index of their repository names them, or they name
  /// a subject that is there. The grace counts from the last of these events: the manifest was
  /// pushed, or lost a tag, an index that names it, or its subject.
  bool delete_untagged = false;
  /// Counts and changes nothing.
  bool dry_run = false;
  /// Leases and holds count as over: right only while nobody pushes.
  bool ignore_leases = false;
};

/// What a collection took, or would take.
struct gc_report {
  std::uint64_t manifests = 0;
  std::uint64_t links = 0;
  /// Blobs whose grace began.
  std::uint64_t condemned = 0;
  /// Blobs whose bytes went.
  std::uint64_t blobs = 0;
  /// Saved uploads.
  std::uint64_t uploads = 0;
  /// Files that belong to nothing: a crash left them.
  std::uint64_t orphans = 0;
  /// Freed by blobs, uploads and orphans.
  std::uint64_t bytes = 0;
  /// Blobs and links were left alone: the registry was started so recently that pushes may count on
  /// leases of the process before.
  bool waits_for_leases = false;
  /// Links and blobs that nothing but a stored lease keeps, and when the last of these ends.
  std::uint64_t leased_links = 0;
  std::uint64_t leased_blobs = 0;
  time_point leases_end{};
};

/// What a scrub read.
struct scrub_report {
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  /// Blobs whose bytes are not theirs any more, or gone. They are unknown until somebody pushes
  /// them again.
  std::uint64_t damaged = 0;
};

/// How far a long piece of work is: `done` of `total` steps, where `total` may grow. Returns
/// whether to go on.
using progress_callback = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// One storage engine: both halves, and what concerns them together.
class storage_engine {
public:
  virtual ~storage_engine() = default;

  virtual blob_engine& blobs() = 0;
  virtual metadata_engine& metadata() = 0;
  /// Forgets everything. Blobs that are still being read live on until their readers let go; stores
  /// opened before change nothing of what comes after. May block for long: any thread that may
  /// wait, while others read and write. Throws `storage_failure`.
  virtual void clear() = 0;
  /// Whether what is written now will be found again: not if the folder that keeps it was removed
  /// or replaced. Cheap; any thread. Errors: storage_failed.
  virtual result<void> health() const = 0;
  /// Bytes that blobs, uploads and manifests occupy.
  virtual std::uint64_t used_bytes() const = 0;

  /// Gives back what nobody needs any more, while others read and write. Blocks: for a thread of
  /// its own, one at a time. A collection that is told to stop has done what it reports. Errors:
  /// internal.
  virtual result<gc_report> collect(const gc_policy& policy, const progress_callback& progress) = 0;

  /// Reads every blob back and compares digests, at most so many bytes a second, while others read
  /// and write; begins anywhere and ends where it began, so that scrubs that are cut short see all
  /// blobs in the end. An engine that keeps nothing has nothing to read. Blocks: for a thread of
  /// its own, one at a time. A scrub that is told to stop has done what it reports. Errors:
  /// storage_failed, disk_full.
  virtual result<scrub_report> scrub(std::uint64_t bytes_per_second,
                                     const progress_callback& progress) = 0;
};

} // namespace gantry
