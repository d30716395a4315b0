// Garbage collection that runs while clients push, pull and delete, in small transactions.
//
// How a blob is removed: each link goes once no manifest of its repository needs it and its lease
// is over. A blob without links is CONDEMNED. After the grace period it is PURGING; this is durable
// before its bytes are removed. Then its row goes. Until PURGING, publishing or linking revives the
// blob. docs/gc.md states the invariants and why they hold.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/disk/store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

/// One round. The steps may be called separately, in this order. A step works in pieces: each is a
/// transaction of at most `piece` rows and rechecks every row. Not thread-safe.
class garbage_collection {
public:
  /// Pushes wait for a piece at a time: docs/benchmarks.md, "Garbage collections".
  static constexpr std::int64_t piece = 64;

  garbage_collection(disk_store& store, const gc_policy& policy);

  /// Runs all steps. Errors: disk_full, storage_failed; completed work stays.
  result<gc_report> run(const progress_callback& progress);

  /// Removes manifests without a tag that no manifest references, if the policy says so.
  result<void> remove_untagged();
  /// Forgets deleted manifests beyond the undo window, and the oldest ones beyond the undo space.
  result<void> forget_removed();
  /// Removes links that no manifest needs.
  result<void> unlink();
  /// Condemns blobs without links.
  result<void> condemn();
  /// Purges blobs whose grace period is over: marks them, removes their bytes, then their rows.
  result<void> purge();
  /// Removes expired saved uploads, and files that crashes left in their folder.
  result<void> expire_uploads();
  /// Removes blob files that have no row.
  result<void> remove_orphans();
  /// Removes `lost_subjects` rows older than the grace period.
  result<void> forget_lost_subjects();
  /// Removes entries of the history that the rules do not keep.
  result<void> forget_history();
  /// Removes the names of empty repositories without a history.
  result<void> forget_empty_repositories();

  const gc_report& report() const noexcept { return report_; }

  /// For tests: called after blobs are marked and before their bytes are removed.
  std::function<void()> on_marked;

private:
  struct candidate {
    std::int64_t row;
    std::int64_t repository;
    digest id;
    std::uint64_t size;
    bool is_inline;
    std::int64_t lease_until;
  };
  using candidates = std::vector<candidate>;

  struct untagged {
    std::int64_t row;
    std::int64_t repository;
    digest id;
  };

  /// Runs a query that returns blob, repository, digest, size, inline, lease.
  template <class... Arguments>
  result<candidates> find(const char* sql, const Arguments&... arguments);
  /// The last argument is when the last lease of its digest ended. Returns how many rows it
  /// changed.
  using change_row = std::function<int(sqlite::connection&, const candidate&, time_point)>;

  /// Reserves the candidates that are neither leased nor in use, runs `change` on them in one
  /// transaction, and releases them. Returns how many rows changed.
  result<std::uint64_t> sweep(const candidates& found, const change_row& change);
  /// Drops candidates whose stored lease is running or whose repository is held; returns how many.
  std::uint64_t leave_leased(candidates& found);
  result<std::uint64_t> leave_held(candidates& found);
  std::uint64_t leave(candidates& found, const std::function<time_point(const candidate&)>& until);
  /// Several candidates may have one digest: many repositories may link it.
  reservation reserve(const candidates& wanted);
  /// Notes in `held` which blobs are gone.
  result<void> purge_reserved(const candidates& found, reservation& held);
  result<void> remove_orphan(const digest& id);
  bool go_on();
  static std::string name_of(sqlite::connection& database, std::int64_t repository);
  /// Until when pushes in progress hold the repository; long ago if none do.
  time_point held_until(sqlite::connection& database, std::int64_t repository) const;
  /// Until when that hold keeps a link whose last lease ended at `leased_until`; long ago if it
  /// does not.
  time_point held_until(sqlite::connection& database, const candidate& link,
                        time_point leased_until) const;
  /// Finds the repositories of uploads that an earlier process saved.
  void find_saved_uploads();
  bool has_expired(time_point saved) const;
  result<void> expire_files_without_record();
  bool is_leased(sqlite::connection& database, std::int64_t repository,
                 const digest& manifest) const;
  /// Whether a previous process may have leased manifests.
  bool waits_for_manifest_leases() const;
  /// Rows that became young after this time are still in their grace period.
  std::int64_t young_before() const { return now_ - policy_.grace.count(); }
  result<std::vector<untagged>> find_untagged(std::int64_t last);
  /// Whether manifests that are removed are kept for a while.
  bool keeps_removed() const { return policy_.undo_window && policy_.undo_window->count() > 0; }
  /// Removes it, and says so in the history.
  bool expire(sqlite::connection& database, const untagged& each);
  bool remove_if_untagged(sqlite::connection& database, const untagged& each);

  disk_store& store_;
  const gc_policy policy_;
  const std::int64_t now_;
  /// Stored leases that end before this are over.
  const std::int64_t leases_end_before_;
  gc_report report_;
  /// Null until looked up.
  std::optional<std::unordered_map<std::string, time_point>> saved_uploads_;
  progress_callback progress_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  bool stopped_ = false;
};

/// Removes the bytes and rows of blobs that a crash left PURGING. Call before the first
/// publication.
result<void> finish_purges(disk_store& store);

} // namespace gantry::storage
