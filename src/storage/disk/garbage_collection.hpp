// Garbage collection while others push, pull and delete: small transactions, one after the other.
//
// A blob's way out: its repositories' links go once no manifest needs them and its lease is over;
// without a link it is CONDEMNED; after the grace it is PURGING, which is on the disk before its
// bytes go; then its row goes. Until PURGING, publishing or linking brings it back. docs/gc.md has
// the invariants and why they hold.
#pragma once

#include "domain/storage.hpp"
#include "storage/disk/store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

/// One round. Each step may be called by itself, in this order; a step works in pieces, each a
/// transaction of at most `piece` rows, and looks again at every row inside the transaction. One
/// thread.
class garbage_collection {
public:
  static constexpr std::int64_t piece = 200;

  garbage_collection(disk_store& store, const gc_policy& policy);

  /// All steps. Errors: disk_full, storage_failed; what was done before counts.
  result<gc_report> run(const progress_callback& progress);

  /// Manifests without a tag that nothing names, where the policy says so.
  result<void> remove_untagged();
  /// Links that no manifest needs.
  result<void> unlink();
  /// Blobs without a link.
  result<void> condemn();
  /// Blobs whose grace is over: marks them, removes their bytes, then their rows.
  result<void> purge();
  /// Saved uploads that expired, and what crashes left in their folder.
  result<void> expire_uploads();
  /// Files of blobs that have no row.
  result<void> remove_orphans();
  /// What says since when a subject is gone, once that is longer ago than the grace.
  result<void> forget_lost_subjects();
  /// Names of repositories that hold nothing.
  result<void> forget_empty_repositories();

  const gc_report& report() const noexcept { return report_; }

  /// For tests: called when blobs are marked and their bytes are still there.
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

  /// What a query finds: blob, repository, digest, size, inline, lease.
  template <class... Arguments>
  result<candidates> find(const char* sql, const Arguments&... arguments);
  /// Takes what is neither leased nor being worked on, runs `change` on it in one transaction, and
  /// lets go. A dry run only counts.
  result<void>
  sweep(candidates found,
        const std::function<result<void>(sqlite::connection&, const candidate&)>& change);
  /// Takes those out whose stored lease is not over, or whose repository is held; how many there
  /// were.
  std::uint64_t leave_leased(candidates& found);
  result<std::uint64_t> leave_held(candidates& found);
  std::uint64_t leave(candidates& found, const std::function<time_point(const candidate&)>& until);
  candidates hold(candidates found);
  void let_go(const candidates& held);
  result<void> purge_held(const candidates& held);
  result<void> remove_orphan(const digest& id);
  bool go_on();
  static std::string name_of(sqlite::connection& database, std::int64_t repository);
  /// Until when a push that goes on holds the repository; long ago for none.
  time_point held_until(sqlite::connection& database, std::int64_t repository) const;
  /// Until when that hold keeps the link, at most; long ago for none.
  time_point held_until(sqlite::connection& database, const candidate& link) const;
  /// Repositories of uploads that a process before this one has saved.
  result<void> find_saved_uploads();
  bool is_leased(sqlite::connection& database, std::int64_t repository,
                 const digest& manifest) const;
  /// Whether manifests may be leased by a process before this one.
  bool waits_for_manifest_leases() const;
  /// What was young after that has the rest of its grace before it.
  std::int64_t young_before() const { return now_ - policy_.grace.count(); }
  result<std::vector<untagged>> find_untagged(std::int64_t last);
  bool remove_if_untagged(sqlite::connection& database, const untagged& each);

  disk_store& store_;
  const gc_policy policy_;
  const std::int64_t now_;
  /// Stored leases up to then are over.
  const std::int64_t leases_end_before_;
  gc_report report_;
  /// Null until it was looked for.
  std::optional<std::unordered_map<std::string, time_point>> saved_uploads_;
  progress_callback progress_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  bool stopped_ = false;
};

/// Removes the bytes and rows of blobs that a crash left PURGING. Before anybody publishes.
result<void> finish_purges(disk_store& store);

} // namespace gantry::storage
