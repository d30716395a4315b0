// The typed handle of every actor: the requests that it takes, its answers and its errors.
//
// Any request can also fail with `unavailable` (the actor is gone), `timed_out` and `internal`, and
// one that needs storage with the errors of the medium: see storage/api/engine.hpp.
#pragma once

#include "actors/messages.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace gantry {

/// An UPLOAD SESSION: the offset, the running hash and the bytes of one upload. It ends when the
/// upload is finished, cancelled or expired, does not match its digest, or finds no room.
/// `registry_services::find_closed` then has the outcome.
using upload_session_actor = caf::typed_actor<
  // Opens a chunk; it replaces one that has been silent for a while. Errors: upload_busy,
  // chunk_out_of_order, size_invalid, chunk_too_small, payload_too_large.
  caf::replies_to<msg::begin_chunk>::with<msg::chunk_reply>,
  // Takes bytes of the open chunk. Errors: upload_busy (another chunk replaced it), size_invalid,
  // payload_too_large, and insufficient_storage and disk_full, which end the session.
  caf::replies_to<msg::append_chunk>::with<msg::acknowledged>,
  // Closes the chunk; bytes that arrived stay, also across a restart. Errors: upload_busy,
  // size_invalid, and insufficient_storage and disk_full, which end the session.
  caf::replies_to<msg::end_chunk>::with<msg::upload_status>,
  // Opens a chunk, takes its bytes and closes it. Errors: those of the three above.
  caf::replies_to<msg::add_chunk>::with<msg::upload_status>,
  // Adds the last chunk, if there is one; then verifies, publishes and links the blob. If it is
  // asked again meanwhile, with the same digest and without a chunk, it gives the same answer.
  // Errors: those of add_chunk; upload_busy, digest_invalid, insufficient_storage, disk_full.
  caf::replies_to<msg::finish_upload>::with<msg::blob_reply>,
  // Returns the offset.
  caf::replies_to<msg::get_upload_status>::with<msg::upload_status>,
  // Frees everything. Errors: upload_busy (the blob is being published).
  caf::replies_to<msg::cancel_upload>::with<msg::acknowledged>,
  // Ends the session if it was idle for too long.
  caf::reacts_to<msg::expire_upload>,
  // Continues after a call of the engine.
  caf::reacts_to<msg::resume>>;

namespace msg {

/// An upload is open.
struct upload_started {
  upload_id id;
  upload_session_actor session;
};

} // namespace msg

/// A REPOSITORY: its manifests, tags, blob links and referrers, and the order of writes to them. It
/// sleeps when idle; the directory wakes it.
using repository_actor = caf::typed_actor<
  // Errors: manifest_unknown.
  caf::replies_to<msg::get_manifest>::with<msg::manifest_reply>,
  // Errors: manifest_blob_unknown, manifest_invalid (a blob has another size), tag_immutable,
  // quota_reached, insufficient_storage.
  caf::replies_to<msg::put_manifest>::with<msg::manifest_stored>,
  // Errors: manifest_unknown, tag_immutable.
  caf::replies_to<msg::delete_manifest>::with<msg::acknowledged>,
  // Errors: manifest_unknown (the other repository has lost one), tag_immutable, quota_reached,
  // insufficient_storage.
  caf::replies_to<msg::copy_manifests>::with<msg::changed>,
  // Errors: tag_immutable.
  caf::replies_to<msg::delete_manifests>::with<msg::changed>,
  // Errors: plan_outdated, tag_immutable.
  caf::replies_to<msg::expire_tags>::with<msg::changed>,
  // Errors: name_unknown (the repository holds no manifest).
  caf::replies_to<msg::list_tags>::with<msg::tag_page>,
  // An unknown subject has no referrers.
  caf::replies_to<msg::list_referrers>::with<msg::referrers_reply>,
  // An unknown tag has no history.
  caf::replies_to<msg::list_history>::with<msg::history_page>,
  // Errors: history_unknown, undo_refused, tag_immutable, quota_reached, insufficient_storage.
  caf::replies_to<msg::undo>::with<msg::undone>,
  caf::replies_to<msg::list_removed>::with<msg::removed_page>,
  // Errors: blob_unknown.
  caf::replies_to<msg::get_blob>::with<msg::blob_reply>,
  // Errors: insufficient_storage.
  caf::replies_to<msg::link_blob>::with<msg::acknowledged>,
  // Errors: blob_unknown, tag_immutable.
  caf::replies_to<msg::delete_blob>::with<msg::acknowledged>,
  // Errors: too_many_uploads, insufficient_storage, disk_full.
  caf::replies_to<msg::start_upload>::with<msg::upload_started>,
  // Errors: upload_unknown (it is not kept, or belongs to another repository), disk_full.
  caf::replies_to<msg::resume_upload>::with<msg::upload_started>,
  // Ends the actor if it is idle.
  caf::reacts_to<msg::sleep_if_idle>,
  // Continues after a call of the engine.
  caf::reacts_to<msg::resume>>;

/// A BLOB STORE: the digests of its shard, who works on each, and their leases. Publishing the same
/// digest twice gives one blob.
using blob_store_actor = caf::typed_actor<
  // Leases the blob. Waits while others publish it, or the engine sweeps it. Errors:
  // insufficient_storage.
  caf::replies_to<msg::publish_blob>::with<msg::blob_reply>,
  // Leases the blob. Waits while the engine sweeps it. Errors: blob_unknown.
  caf::replies_to<msg::find_blob>::with<msg::blob_reply>,
  // Waits while the engine sweeps it.
  caf::replies_to<msg::lease_blob>::with<msg::acknowledged>,
  // From the engine, through `blob_store_keeper`.
  caf::reacts_to<msg::reserve_digests>, caf::reacts_to<msg::release_digests>,
  // After a reset or a return to a snapshot.
  caf::reacts_to<msg::forget_leases>,
  // Repositories that link a blob; none if there is no such blob.
  caf::replies_to<msg::list_linking>::with<msg::repository_page>,
  // Continues after a call of the engine.
  caf::reacts_to<msg::resume>>;

/// A DIGESTER: running hashes of uploads that are too large to be hashed where they arrive.
using digester_actor = caf::typed_actor<
  // Errors: internal.
  caf::replies_to<msg::hash_chunk>::with<msg::acknowledged>,
  // Errors: storage_failed, internal.
  caf::replies_to<msg::hash_part>::with<msg::acknowledged>,
  // Continues after a read of the engine.
  caf::reacts_to<msg::resume>>;

namespace msg {

/// The repository is awake.
struct repository_reply {
  repository_actor handle;
};

} // namespace msg

/// The DIRECTORY: which repositories are awake. It is off the hot path, because requests look for
/// handles in `registry_services::repositories` first.
using directory_actor = caf::typed_actor<
  // Errors: name_unknown (it holds nothing and may not be created).
  caf::replies_to<msg::open_repository>::with<msg::repository_reply>,
  // The catalog.
  caf::replies_to<msg::list_repositories>::with<msg::repository_page>,
  // Answers when every actor of the old contents is gone and the seed is in place. The
  // directory answers other requests once the seed is in place.
  caf::replies_to<msg::reset>::with<msg::acknowledged>,
  // Answers when the actors of both names are gone and the content has the other one. Requests to
  // the directory wait meanwhile. Errors: name_unknown, name_taken, tag_immutable.
  caf::replies_to<msg::rename_repository>::with<msg::acknowledged>,
  // Other requests wait meanwhile. Errors: memory_only, too_many_snapshots, insufficient_storage.
  caf::replies_to<msg::take_snapshot>::with<msg::snapshot_reply>,
  // Errors: memory_only.
  caf::replies_to<msg::list_snapshots>::with<msg::snapshot_list>,
  // Answers as a reset does. Errors: memory_only, snapshot_unknown.
  caf::replies_to<msg::restore_snapshot>::with<msg::acknowledged>,
  // Errors: memory_only, snapshot_unknown.
  caf::replies_to<msg::remove_snapshot>::with<msg::acknowledged>,
  // Dismisses more actors of the old contents.
  caf::reacts_to<msg::next_slice>,
  // Continues after work that was done on a separate thread.
  caf::reacts_to<msg::resume>>;

/// The COLLECTOR: looks for expired uploads and idle repositories at an interval, in slices. It has
/// garbage collected at a longer interval or on request, and blobs read back at another.
using collector_actor = caf::typed_actor<
  // The clock: looks for work that is due.
  caf::reacts_to<msg::tick>,
  // Looks for it now. Answers when every actor that is due was told; a message that is sent to it
  // after the answer comes too late.
  caf::replies_to<msg::catch_up>::with<msg::acknowledged>,
  // Continues to look for it.
  caf::reacts_to<msg::next_slice>,
  // Answers when the collection has ended, even if it was running already. Errors: storage_failed,
  // disk_full.
  caf::replies_to<msg::collect_garbage>::with<msg::collection_reply>,
  // Answers at once.
  caf::replies_to<msg::get_gc_status>::with<msg::gc_status>,
  // Continues after work of the engine.
  caf::reacts_to<msg::resume>>;

/// The SUPERVISOR: starts directory, blob stores, digesters and collector, restarts those that die,
/// and stops all in order.
using supervisor_actor = caf::typed_actor<
  // Answers when `services` holds every handle.
  caf::replies_to<msg::startup>::with<msg::acknowledged>,
  // Answers when every actor but itself is gone.
  caf::replies_to<msg::shutdown>::with<msg::acknowledged>,
  // Dismisses more actors whose turn it is.
  caf::reacts_to<msg::next_slice>,
  // Restarts a child that died some time ago.
  caf::reacts_to<msg::restart_child>>;

} // namespace gantry
