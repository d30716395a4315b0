// The metadata of repositories.
#pragma once

#include "domain/changes.hpp"
#include "domain/expiry.hpp"
#include "domain/history.hpp"
#include "domain/manifest_copy.hpp"
#include "domain/manifest_write.hpp"
#include "domain/paging.hpp"
#include "domain/referrers.hpp"
#include "domain/removal.hpp"
#include "domain/repository_name.hpp"
#include "domain/tag_patterns.hpp"
#include "domain/tag_state.hpp"
#include "domain/time_point.hpp"
#include "domain/undo.hpp"
#include "storage/api/blob.hpp"
#include "storage/api/completion.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace gantry {

/// The metadata of one repository: manifests, tags, blob links, referrers. One caller at a time
/// (its repository actor). Writes are evaluated in the order of submission; reads need not wait for
/// them.
class repository_store {
public:
  virtual ~repository_store() = default;

  /// Errors: manifest_unknown.
  virtual void find_manifest(const reference& name, completion<manifest_ptr> done) const = 0;
  /// Like `find_manifest`, and promises that the manifest stays until `lease_until`, tagged or not,
  /// unless it is deleted. Used for `HEAD`, whose answer a push may rely on. Errors:
  /// manifest_unknown.
  virtual void lease_manifest(const reference& name, time_point lease_until,
                              completion<manifest_ptr> done) const = 0;
  /// Sorted bytewise.
  virtual void list_tags(const page_request& request, completion<page<tag>> done) const = 0;
  /// Manifests of this repository whose subject is `subject`, filtered and paged.
  virtual void list_referrers(const digest& subject, const referrers_query& query,
                              completion<referrers_page> done) const = 0;
  /// A blob that is linked to this repository. Errors: blob_unknown.
  virtual void find_blob(const digest& id, completion<blob_ptr> done) const = 0;
  /// What happened, the newest first. Each `put_manifest`, `delete_tag` and
  /// `delete_manifest` adds its entries in the transaction of the change; one that changes nothing
  /// adds none. Entries outlive what they name, and go with `history_rules`.
  virtual void list_history(const history_query& query,
                            completion<page<history_entry>> done) const = 0;
  /// Manifests that were deleted and are kept, ordered by digest; `last` is a digest.
  virtual void list_removed(const page_request& request,
                            completion<page<removed_manifest>> done) const = 0;
  /// The digests of all manifests, in an order of the engine; `last` is a digest, as text.
  virtual void list_manifests(const page_request& request, completion<page<digest>> done) const = 0;
  /// As `list_tags`, with what each tag points to.
  virtual void list_tag_states(const page_request& request,
                               completion<page<tag_state>> done) const = 0;
  /// Whether it holds a manifest and is therefore in the catalog.
  virtual void has_manifests(completion<bool> done) const = 0;

  /// Returns the missing references if the write asks for them. Looks up each digest once, and at
  /// most one batch beyond `max_missing_named` missing ones. Errors: tag_immutable, quota_reached,
  /// manifest_blob_unknown (with the missing digests), manifest_invalid (a size differs),
  /// insufficient_storage.
  virtual void put_manifest(manifest_write write, completion<missing_references> done) = 0;
  /// Stores manifests of another repository, or of this one, and links the blobs that they name and
  /// that repository links: all or none, as one change. Errors: manifest_unknown (`from` no longer
  /// has one of them), tag_immutable, quota_reached, insufficient_storage.
  virtual void copy_manifests(manifest_copy copy, completion<change_summary> done) = 0;
  /// Idempotent. Precondition: `linked` belongs to this engine. Errors: blob_unknown (it was
  /// removed meanwhile), insufficient_storage.
  virtual void link_blob(blob_ptr linked, completion<void> done) = 0;
  /// A blob that is no longer linked by any repository is unknown, leased or not. Deleted manifests
  /// of this repository that need it are no longer kept. Errors: blob_unknown, tag_immutable.
  virtual void unlink_blob(const digest& id, completion<void> done) = 0;
  /// Removes only the tag. Errors: manifest_unknown, tag_immutable.
  virtual void delete_tag(const tag& name, const changer_ptr& by, completion<void> done) = 0;
  /// Removes the manifest, every tag that points to it, and its entry in its subject's referrers.
  /// Errors: manifest_unknown, tag_immutable.
  /// `how` says what stays of it; a purge also ends what an earlier deletion kept.
  virtual void delete_manifest(const digest& id, const removal& how, completion<void> done) = 0;
  /// Removes all tags and manifests, as one change. The history stays. Errors: tag_immutable.
  virtual void delete_manifests(const removal& how, completion<change_summary> done) = 0;
  /// Removes tags that still point to what is named, all or none, as one change. A manifest that
  /// has lost its last tag goes as well, and so do its children and referrers, unless a tag, an
  /// index, or a subject that is here needs them. Precondition: no tag is named twice. Errors:
  /// plan_outdated (a tag is gone, or has moved), tag_immutable.
  virtual void expire(const expiry& what, completion<change_summary> done) = 0;
  /// Takes changes back, all or none, and returns the entries that this adds to the history, the
  /// newest first; none if there is nothing left to do. Errors: history_unknown (no such entry),
  /// undo_refused, tag_immutable, quota_reached, insufficient_storage.
  virtual void undo(const undo_request& request, completion<std::vector<history_entry>> done) = 0;

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

/// Repositories by name. Any thread, except for `rename`.
class metadata_engine {
public:
  virtual ~metadata_engine() = default;

  /// Opens the repository's metadata. Cheap: nothing is read, and nothing is created before the
  /// first write.
  virtual std::shared_ptr<repository_store> open(const repository_name& name) = 0;
  /// A store for reading beside that one, by one more caller, who reads much and everything once:
  /// an engine need not remember what it reads.
  virtual std::shared_ptr<const repository_store> open_aside(const repository_name& name) {
    return open(name);
  }
  /// Whether there is room to open that repository. Errors: insufficient_storage.
  virtual void may_open(const repository_name&, completion<void> done) const { done({}); }
  /// Whether the repository holds anything: a manifest, a blob link, or a history.
  virtual void contains(const repository_name& name, completion<bool> done) const = 0;
  /// Gives the repository another name, with all that it holds, its history and what it keeps. What
  /// else has that name, a history at most, is forgotten. Stores that are open under either name
  /// must not be used any more. Readers of the log find a gap. Errors: name_unknown (it holds no
  /// manifest, and keeps none), name_taken (the other one does), tag_immutable (it has such a tag).
  virtual void rename(const repository_name& from, const repository_name& to,
                      std::shared_ptr<const tag_patterns> immutable, completion<void> done) = 0;
  /// Repositories with at least one manifest, sorted bytewise.
  virtual void list_repositories(const page_request& request,
                                 completion<page<repository_name>> done) const = 0;
  /// Repositories that link the blob, in an order of the engine. Costs no more than a page, however
  /// many there are. Empty if `request.last` is gone.
  virtual void list_linking(const digest& id, const page_request& request,
                            completion<page<repository_name>> done) const = 0;
  /// The total number of repositories in `list_repositories`.
  virtual void repository_count(completion<std::size_t> done) const = 0;

  /// The log: entries of all histories, in the order in which they became visible. No entry appears
  /// before one that was listed already. A clearing takes a number without an entry.
  virtual void list_changes(const change_query& query, completion<change_page> done) const = 0;
  /// `told` is called after the log has grown, on any thread and perhaps under locks: it must
  /// neither block nor call the engine. It may be called if there is nothing new, and once for
  /// several entries. `listener` tells apart who listens: `told` takes the place of the one that it
  /// gave before, which is not called any more; an empty one ends that.
  virtual void on_change(const void* listener, std::function<void()> told) = 0;
};

} // namespace gantry
