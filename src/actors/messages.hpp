// Every message between actors, and between the HTTP front end and the actors. Requests are named
// verb first, replies by what they are. All of them stay inside the process.
//
// Requests that lead to a write carry the span that asks for it, `part_of`; it is empty if nothing
// is traced.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/expiry.hpp"
#include "domain/history.hpp"
#include "domain/manifest.hpp"
#include "domain/manifest_copy.hpp"
#include "domain/manifest_write.hpp"
#include "domain/paging.hpp"
#include "domain/reference.hpp"
#include "domain/referrers.hpp"
#include "domain/removal.hpp"
#include "domain/repository_name.hpp"
#include "domain/undo.hpp"
#include "domain/upload.hpp"
#include "domain/upload_id.hpp"
#include "storage/api/blob.hpp"
#include "storage/api/lease_keeper.hpp"
#include "storage/api/snapshots.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/api/uploads.hpp"
#include "telemetry/span.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace gantry::msg {

// --- to a repository ---

/// Asks for a manifest by tag or digest. With `lease`, a push may rely on the answer (HEAD): the
/// manifest stays for a while even if it loses its tags.
struct get_manifest {
  reference name;
  bool lease = false;
};
/// Stores a manifest and points tags to it.
struct put_manifest {
  manifest_ptr value;
  std::vector<tag> tags;
  changer_ptr by = nullptr;
  telemetry::span_context part_of = {};
};
/// Removes a tag, or a manifest with all its tags. With `purge`, nothing of the manifest stays,
/// even if deleted ones are kept for a while.
struct delete_manifest {
  reference name;
  changer_ptr by = nullptr;
  bool purge = false;
  telemetry::span_context part_of = {};
};
/// A manifest to be copied, and the tags that shall point to it.
struct copied_manifest {
  manifest_ptr value;
  std::vector<tag> tags = {};
};
/// Copies manifests of another repository, in any order; all or none.
struct copy_manifests {
  repository_name from;
  std::vector<copied_manifest> manifests;
  changer_ptr by = nullptr;
  telemetry::span_context part_of = {};
};
/// Removes all tags and manifests. `purge` as in `delete_manifest`.
struct delete_manifests {
  changer_ptr by = nullptr;
  bool purge = false;
  telemetry::span_context part_of = {};
};
/// Removes tags by a rule, and what no longer has a tag: see `repository_store::expire`.
struct expire_tags {
  std::vector<expired_tag> tags;
  changer_ptr by = nullptr;
  telemetry::span_context part_of = {};
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
/// Asks for a page of the history.
struct list_history {
  history_query query;
};
/// Takes changes back, all or none.
struct undo {
  decltype(undo_request::what) what;
  changer_ptr by = nullptr;
  telemetry::span_context part_of = {};
};
/// Asks for a page of the deleted manifests that are kept.
struct list_removed {
  page_request page;
};
/// Asks for a blob that the repository links. With `lease`, a push may rely on the answer (HEAD,
/// mount): garbage collection keeps blob and link for a while.
struct get_blob {
  digest id;
  bool lease = false;
};
/// Makes a blob readable in the repository: the end of an upload, or a mount.
struct link_blob {
  blob_ptr linked;
  telemetry::span_context part_of = {};
};
/// Removes the repository's link to a blob.
struct delete_blob {
  digest id;
  telemetry::span_context part_of = {};
};
/// Opens an upload whose running hash uses `algorithm`. If the client never learns its id, it need
/// not survive a restart.
struct start_upload {
  digest_algorithm algorithm = digest_algorithm::sha256;
  bool kept = true;
};
/// Resumes an upload of an earlier process.
struct resume_upload {
  upload_id id;
};
/// Tells a repository to stop if it was not used recently; it wakes up from storage. With `crowded`
/// it stops unless it is busy, because others need its place.
struct sleep_if_idle {
  time_point now;
  bool crowded = false;
};

// --- to an upload session ---

/// Carries an object that cannot be copied in a message that can.
template <class T>
class move_only {
public:
  explicit move_only(T value) : box_{std::make_shared<T>(std::move(value))} {}
  T& get() const noexcept { return *box_; }
  /// May be called once: the box is empty afterwards.
  T take() const { return std::move(*box_); }

private:
  std::shared_ptr<T> box_;
};

/// The bytes of one read from a socket, shared and immutable: a buffer of the pool, which returns
/// to it with the last copy.
struct chunk {
  std::shared_ptr<const std::byte[]> storage;
  std::size_t size = 0;

  std::span<const std::byte> bytes() const noexcept { return {storage.get(), size}; }
};
/// Opens a chunk: PATCH or the body of PUT.
struct begin_chunk {
  chunk_announcement announced;
};
/// Adds bytes to the open chunk.
struct append_chunk {
  chunk_number number = 0;
  chunk bytes;
};
/// Adds bytes to a hash. Until the answer, only the receiver touches it.
struct hash_chunk {
  std::shared_ptr<hasher> running;
  chunk bytes;
};
/// Hashes `length` bytes of a sink. Until the answer, only the receiver touches the hash and the
/// sink.
struct hash_part {
  std::shared_ptr<hasher> running;
  move_only<sink_ptr> source;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
/// Closes the open chunk; `complete` is false if the connection broke.
struct end_chunk {
  chunk_number number = 0;
  bool complete = true;
};
/// Opens, fills and closes a chunk that has arrived as a whole.
struct add_chunk {
  chunk_announcement announced;
  chunk bytes;
};
/// Ends the upload after its last chunk: verifies, publishes, links. If the digest is absent, it is
/// computed (lenient profile).
struct finish_upload {
  std::optional<digest> id;
  std::optional<add_chunk> last = std::nullopt;
  telemetry::span_context part_of = {};
};
/// Asks for the offset of the upload.
struct get_upload_status {};
/// Drops the upload.
struct cancel_upload {};
/// Tells an upload to end if it was idle for too long.
struct expire_upload {
  time_point now;
};

// --- to a blob store ---

/// Turns verified bytes into a blob.
struct publish_blob {
  move_only<sink_ptr> sink;
  digest id;
  telemetry::span_context part_of = {};
};
/// Asks for a blob of any repository: only for requests that were authorised elsewhere.
struct find_blob {
  digest id;
};
/// Prolongs the lease of a blob that was found. The asker looks again afterwards: it may be gone.
struct lease_blob {
  digest id;
};
/// Reserves digests for the engine: see `lease_keeper`. Those that were go into `held`; its last
/// copy answers the engine.
struct reserve_digests {
  std::vector<digest> wanted;
  leased_digests leased = leased_digests::stay;
  std::shared_ptr<std::vector<reserved_digest>> held;
};
/// The engine has released digests: see `released_digests`.
struct release_digests {};
/// The contents were replaced: ends all leases, and leases every digest until `leased_until`.
struct forget_leases {
  time_point leased_until{};
};
/// Asks which repositories link a blob: see `metadata_engine::list_linking`.
struct list_linking {
  digest id;
  page_request page;
};

// --- to the directory ---

/// Wakes a repository up; with `create`, even if it holds nothing yet.
struct open_repository {
  repository_name name;
  bool create = false;
};
/// Asks for a page of the catalog.
struct list_repositories {
  page_request page;
};
/// Forgets everything and restores the seed. With `within`, forgets only the repositories there,
/// and restores nothing.
struct reset {
  std::optional<repository_name> within = std::nullopt;
};
/// Gives a repository another name.
struct rename_repository {
  repository_name from;
  repository_name to;
};
/// Saves all content.
struct take_snapshot {};
struct list_snapshots {};
/// Forgets everything and returns to the saved content.
struct restore_snapshot {
  std::uint64_t id = 0;
};
struct remove_snapshot {
  std::uint64_t id = 0;
};

// --- to the collector and the supervisor ---

/// The collector's clock ticks.
struct tick {};
/// The clock was set: looks for work that is due.
struct catch_up {};
/// Continues work that is done in slices.
struct next_slice {};
/// The delay before a child of the supervisor is restarted is over.
struct restart_child {};
/// Collects garbage now, or joins the collection that is running.
struct collect_garbage {
  /// Counts and changes nothing.
  bool dry_run = false;
};
/// Asks for the progress of the collection, and for the report of the one before.
struct get_gc_status {};
/// Starts all actors.
struct startup {};
/// Stops all actors in their order.
struct shutdown {};

// --- to any actor that uses an engine ---

/// Runs a continuation in the actor. A completion on an engine's thread sends it.
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
struct history_page {
  page<history_entry> entries;
};
/// What was done as one change.
struct changed {
  change_summary made;
};
/// What an undo has added to the history, the newest first.
struct undone {
  std::vector<history_entry> entries;
};
struct removed_page {
  page<removed_manifest> manifests;
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
struct snapshot_reply {
  snapshot taken;
};
struct snapshot_list {
  std::vector<snapshot> snapshots;
};
/// What a collection freed.
struct collection_reply {
  gc_report report;
};
struct gc_status {
  bool running = false;
  /// Steps of the running collection.
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  /// The report of the last collection; absent before the first.
  std::optional<gc_report> last;
};

/// Found by argument-dependent look-up.
template <class T>
std::true_type is_message(const T*);

/// `put_manifest`: the name of a message's type, in static memory.
template <class Message>
constexpr std::string_view name_of() {
  std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view before = "Message = ";
  text.remove_prefix(text.find(before) + before.size());
  text = text.substr(0, text.find_first_of(";]"));
  return text.substr(text.rfind(':') + 1);
}

} // namespace gantry::msg

/// CAF refuses messages that it cannot serialize; these stay inside the process.
template <class T>
requires requires(const T* message) {
  is_message(message);
}
struct caf::allowed_unsafe_message_type<T> : std::true_type {};
