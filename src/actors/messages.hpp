// Every message between actors, and between the HTTP front end and the actors. Requests are named
// verb first, replies by what they are. All of them stay inside the process.
#pragma once

#include "domain/manifest.hpp"
#include "domain/paging.hpp"
#include "domain/reference.hpp"
#include "domain/referrers.hpp"
#include "domain/repository_name.hpp"
#include "domain/storage.hpp"
#include "domain/upload.hpp"
#include "domain/upload_id.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace gantry::msg {

// --- to a repository ---

/// Asks for a manifest by tag or digest. With `lease` the answer may be built on by a push (HEAD):
/// the manifest stays for a while even if it loses its tags.
struct get_manifest {
  reference name;
  bool lease = false;
};
/// Stores a manifest and points tags to it.
struct put_manifest {
  manifest_ptr value;
  std::vector<tag> tags;
};
/// Removes a tag, or a manifest with all its tags.
struct delete_manifest {
  reference name;
};
/// Asks for a page of tags.
struct list_tags {
  page_request page;
};
/// Asks for a page of the manifests that refer to `subject`.
struct list_referrers {
  digest subject;
  referrers_query query;
};
/// Asks for a blob that the repository links. With `lease` the answer may be built on by a push
/// (HEAD, mount): the blob stays for a while even if its link goes.
struct get_blob {
  digest id;
  bool lease = false;
};
/// Makes a blob readable in the repository: the end of an upload, or a mount.
struct link_blob {
  blob_ptr linked;
};
/// Takes the repository's link to a blob away.
struct delete_blob {
  digest id;
};
/// Opens an upload whose running hash uses `algorithm`. One whose id the client never learns need
/// not be kept over a restart.
struct start_upload {
  digest_algorithm algorithm = digest_algorithm::sha256;
  bool kept = true;
};
/// Goes on with an upload that a process before this one has left.
struct resume_upload {
  upload_id id;
};
/// Tells a repository to stop if it was not asked for of late; it wakes up from storage. With
/// `crowded` it stops unless it is at work: others need its place.
struct sleep_if_idle {
  time_point now;
  bool crowded = false;
};

// --- to an upload session ---

/// Hands an object that cannot be copied over in a message that can.
template <class T>
class move_only {
public:
  explicit move_only(T value) : box_{std::make_shared<T>(std::move(value))} {}
  T& get() const noexcept { return *box_; }
  /// Once: the box is empty afterwards.
  T take() const { return std::move(*box_); }

private:
  std::shared_ptr<T> box_;
};

/// The bytes of one read from a socket, shared and never changed: a buffer of the pool, given back
/// when the last copy dies.
struct chunk {
  std::shared_ptr<const std::byte[]> storage;
  std::size_t size = 0;

  std::span<const std::byte> bytes() const noexcept { return {storage.get(), size}; }
};
/// Opens a chunk: PATCH or the body of PUT.
struct begin_chunk {
  chunk_announcement announced;
};
/// Adds bytes to a chunk that is open.
struct append_chunk {
  chunk_number number = 0;
  chunk bytes;
};
/// Adds bytes to a hash that nobody else touches until the answer.
struct hash_chunk {
  std::shared_ptr<hasher> running;
  chunk bytes;
};
/// Hashes `length` bytes of what a sink has taken. Until the answer, only the
/// receiver touches hash and sink.
struct hash_part {
  std::shared_ptr<hasher> running;
  move_only<std::unique_ptr<blob_sink>> source;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
/// Closes a chunk that is open; `complete` is false when the connection broke.
struct end_chunk {
  chunk_number number = 0;
  bool complete = true;
};
/// The three in one, for a chunk that has come as a whole.
struct add_chunk {
  chunk_announcement announced;
  chunk bytes;
};
/// Ends the upload, behind its last chunk: verifies, publishes, links. Without a digest it is
/// computed (lenient profile).
struct finish_upload {
  std::optional<digest> id;
  std::optional<add_chunk> last = std::nullopt;
};
/// Asks where the upload stands.
struct get_upload_status {};
/// Drops the upload.
struct cancel_upload {};
/// Tells an upload to go where nobody touched it for too long.
struct expire_upload {
  time_point now;
};

// --- to a blob store ---

/// Makes verified bytes a blob.
struct publish_blob {
  move_only<std::unique_ptr<blob_sink>> sink;
  digest id;
};
/// Asks for a blob of any repository: only for what was authorised elsewhere.
struct find_blob {
  digest id;
};

// --- to the directory ---

/// Wakes a repository up; `create` also when it holds nothing yet.
struct open_repository {
  repository_name name;
  bool create = false;
};
/// Asks for a page of the catalog.
struct list_repositories {
  page_request page;
};
/// Forgets everything and seeds anew.
struct reset {};

// --- to the collector and the supervisor ---

/// The collector's clock ticks.
struct tick {};
/// Goes on with work that is done in slices.
struct next_slice {};
/// A child of the supervisor has waited long enough to be started again.
struct restart_child {};
/// Collects garbage now, or joins the collection that is running.
struct collect_garbage {
  /// Counts and changes nothing.
  bool dry_run = false;
};
/// Asks how far the collection is, and what the one before gave.
struct get_gc_status {};
/// A collection has ended: from the worker that ran it.
struct end_collection {
  result<gc_report> outcome;
};
/// A scrub has ended, in the same way.
struct end_scrub {
  result<scrub_report> outcome;
};
/// Starts all actors.
struct startup {};
/// Stops all actors in their order.
struct shutdown {};

// --- to any actor that uses an engine ---

/// Runs a continuation of the actor's own: how a completion from an engine's thread comes home.
struct resume {
  std::function<void()> run;
};

// --- replies ---

/// Success without a value.
struct acknowledged {};
struct manifest_reply {
  manifest_ptr value;
};
/// The manifest is stored, although these blobs or children are not in the repository.
struct manifest_stored {
  missing_references missing;
};
struct tag_page {
  page<tag> tags;
};
struct referrers_reply {
  referrers_page page;
};
struct blob_reply {
  blob_ptr value;
};
/// The chunk is open.
struct chunk_reply {
  chunk_number number = 0;
};
/// Bytes that the upload has taken.
struct upload_status {
  std::uint64_t offset = 0;
};
struct repository_page {
  page<repository_name> names;
};
/// What a collection gave back.
struct collection_reply {
  gc_report report;
};
struct gc_status {
  bool running = false;
  /// Steps of the one that is running.
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  /// Of the one that ended last; null before the first.
  std::optional<gc_report> last;
};

/// Found by the namespace of its argument.
template <class T>
std::true_type is_message(const T*);

} // namespace gantry::msg

/// CAF refuses what it cannot write to a network; these stay inside the process.
template <class T>
requires requires(const T* message) {
  is_message(message);
}
struct caf::allowed_unsafe_message_type<T> : std::true_type {};
