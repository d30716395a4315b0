// The metadata of one repository in ordered maps.
#pragma once

#include "base/byte_budget.hpp"
#include "base/mutex.hpp"
#include "storage/api/metadata.hpp"
#include "storage/api/quota_ledger.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/keeper_slot.hpp"
#include "storage/memory/history.hpp"
#include "storage/memory/link_table.hpp"
#include "storage/memory/prices.hpp"
#include "storage/memory/room_maker.hpp"
#include "storage/memory/saved_repository.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

class blob_index;
class memory_catalog;

/// What a sweep removed from one repository, or would remove.
struct sweep_report {
  std::vector<blob_link> taken;
  /// Links that were removed, or in a dry run would be.
  std::size_t counted = 0;
};

/// A deleted manifest that is kept.
struct held_manifest {
  digest id;
  time_point removed{};
  /// Of the manifest, and of blobs that no manifest needs and none that was deleted later.
  std::uint64_t bytes = 0;
};

/// How a sweep judges links that no manifest names.
struct sweep_rules {
  time_point now;
  /// A push that holds the repository (`hold_until`) prolongs leases by at most this. Empty: holds
  /// are passed over. A sweep that makes room does that: a push may hold content that was deleted
  /// before it, and would then find no room at all.
  std::optional<std::chrono::milliseconds> hold_at_most = {};
  bool dry_run = false;
};

/// Used by its actor and the sweeper, on any thread. The catalog keeps it while it holds anything.
class memory_repository final : public repository_store,
                                public std::enable_shared_from_this<memory_repository> {
public:
  /// Charges its price even if no bytes are left: see `metadata_engine::may_open`.
  memory_repository(const repository_name& name, std::shared_ptr<byte_budget> budget,
                    std::weak_ptr<memory_catalog> catalog, const std::shared_ptr<blob_index>& index,
                    std::weak_ptr<room_maker> room, std::shared_ptr<history_counter> counter,
                    quota_share share = {});
  /// One that holds what a snapshot kept of it, in the present generation. The caller tells the
  /// catalog.
  memory_repository(const saved_repository& saved, std::shared_ptr<byte_budget> budget,
                    std::weak_ptr<memory_catalog> catalog, const std::shared_ptr<blob_index>& index,
                    std::weak_ptr<room_maker> room, std::shared_ptr<history_counter> counter,
                    quota_share share);
  memory_repository(const memory_repository&) = delete;
  memory_repository& operator=(const memory_repository&) = delete;
  ~memory_repository() override;

  const repository_name& name() const noexcept { return name_; }

  void find_manifest(const reference& name, completion<manifest_ptr> done) const override;
  /// Manifests stay until they are deleted.
  void lease_manifest(const reference& name, time_point,
                      completion<manifest_ptr> done) const override {
    find_manifest(name, std::move(done));
  }
  void list_tags(const page_request& request, completion<page<tag>> done) const override;
  void list_referrers(const digest& subject, const referrers_query& query,
                      completion<referrers_page> done) const override;
  void list_manifests(const page_request& request, completion<page<digest>> done) const override;
  void list_tag_states(const page_request& request,
                       completion<page<tag_state>> done) const override;
  void list_history(const history_query& query,
                    completion<page<history_entry>> done) const override;
  void list_removed(const page_request& request,
                    completion<page<removed_manifest>> done) const override;
  void find_blob(const digest& id, completion<blob_ptr> done) const override;
  void has_manifests(completion<bool> done) const override;

  void put_manifest(manifest_write write, completion<missing_references> done) override;
  void copy_manifests(manifest_copy copy, completion<change_summary> done) override;
  /// Precondition: `linked` is a blob of the same engine.
  void link_blob(blob_ptr linked, completion<void> done) override;
  void unlink_blob(const digest& id, completion<void> done) override;
  void delete_tag(const tag& name, const changer_ptr& by, completion<void> done) override;
  void delete_manifest(const digest& id, const removal& how, completion<void> done) override;
  void delete_manifests(const removal& how, completion<change_summary> done) override;
  void expire(const expiry& what, completion<change_summary> done) override;
  void undo(const undo_request& request, completion<std::vector<history_entry>> done) override;
  void hold_until(time_point until) override { held_until_ = until; }
  void protect(std::shared_ptr<const tag_patterns> immutable) override {
    const lock_guard lock{mutex_};
    immutable_ = std::move(immutable);
  }

  /// All of it, at one moment.
  saved_repository save() const;

  /// Links that no manifest names: candidates for a sweep.
  std::size_t loose_links() const;
  /// Up to `most` of them, those judged longest ago first; they count as judged now.
  std::vector<digest> next_loose_links(std::size_t most);
  /// Removes links to reserved blobs that no manifest names. The caller drops them.
  sweep_report sweep(const reservation& held, const sweep_rules& rules);
  /// Drops the entries of the history that the rules do not keep; returns how many.
  std::size_t prune_history(const history_rules& rules, time_point now);
  /// Others need the room: the older half of the history goes, and deleted manifests are no longer
  /// kept.
  void shorten_history();
  /// Deleted manifests that are kept, and the bytes that only they hold, the last deleted first.
  std::vector<held_manifest> held() const;
  void forget_removed(const std::vector<digest>& ids);
  /// Whether it holds manifests, or keeps some.
  bool has_any() const;
  /// The catalog has cut it off: forgets its history, and remembers no more; counts for no quota.
  /// Returns whether there was any history.
  bool cut_off_history();
  /// Counts for no quota from now on.
  void leave_quotas();
  /// What it holds of its quotas, for the repository that takes its place under the name `to`. It
  /// counts for none from now on. Errors: quota_exceeded.
  result<quota_share> give_share(const repository_name& to);

private:
  struct stored_manifest {
    manifest_ptr value;
    /// Keys of `tags_`.
    std::set<std::string_view> tags;
  };

  struct bytewise {
    using is_transparent = void;
    bool operator()(const tag& left, const tag& right) const noexcept { return left < right; }
    bool operator()(std::string_view left, const tag& right) const noexcept {
      return left < right.to_string();
    }
    bool operator()(const tag& left, std::string_view right) const noexcept {
      return left.to_string() < right;
    }
  };

  result<manifest_ptr> look_up(const reference& name) const;
  page<tag> tags_behind(const page_request& request) const;
  page<digest> manifests_behind(const page_request& request) const;
  page<tag_state> tag_states_behind(const page_request& request) const;
  referrers_page referrers_of(const digest& subject, const referrers_query& query) const;
  result<blob_ptr> linked_blob(const digest& id) const;
  result<missing_references> put(const manifest_write& write);
  result<void> link(const std::shared_ptr<const memory_blob>& own);
  result<void> unlink(const digest& id);
  result<void> remove(const tag& name, const changer_ptr& by);
  result<void> remove(const digest& id, const removal& how);
  result<change_summary> remove_all(const removal& how);
  result<change_summary> take_away(const expiry& what);
  result<void> check_expiry(const expiry& what) const GANTRY_REQUIRES(mutex_);
  /// Whether a tag, an index, or its subject needs a manifest.
  bool is_needed(const stored_manifest& stored) const GANTRY_REQUIRES(mutex_);
  /// Its children and referrers.
  std::vector<digest> dependents_of(const manifest& value) const GANTRY_REQUIRES(mutex_);
  using blob_list = std::vector<std::shared_ptr<const memory_blob>>;
  /// The blobs that the manifests name and this repository links. Errors: manifest_unknown.
  result<blob_list> blobs_of(const std::vector<manifest_write>& manifests) const;
  result<change_summary> take_copies(const manifest_copy& copy, const blob_list& blobs);
  result<std::vector<history_entry>> take_back(const undo_request& request);
  result<std::vector<history_entry>> entries_of(const undo_change& what) const
    GANTRY_REQUIRES(mutex_);
  result<std::vector<history_entry>> entries_of(const undo_since& what) const
    GANTRY_REQUIRES(mutex_);
  result<std::vector<history_entry>> entries_of(const undo_removal& what) const
    GANTRY_REQUIRES(mutex_);
  undo_view view() const GANTRY_REQUIRES(mutex_);
  result<void> check_steps(const std::vector<undo_step>& steps) const GANTRY_REQUIRES(mutex_);
  void take(const undo_step& step, remains leaves) GANTRY_REQUIRES(mutex_);
  void bring_back(const digest& id) GANTRY_REQUIRES(mutex_);
  result<void> check_quota(std::size_t max_repositories) const GANTRY_REQUIRES(mutex_);
  /// Without a trace in the history. The caller must drop the links while it holds no lock.
  std::vector<blob_link> drop_manifest(const digest& id, remains leaves) GANTRY_REQUIRES(mutex_);
  void keep(manifest_ptr value) GANTRY_REQUIRES(mutex_);
  void forget_kept(const digest& id) GANTRY_REQUIRES(mutex_);
  void forget_kept_needing(const digest& id) GANTRY_REQUIRES(mutex_);
  std::vector<blob_link> unlink_unneeded(const manifest& value) GANTRY_REQUIRES(mutex_);
  result<missing_references> check_conditions(const manifest_write& write) const
    GANTRY_REQUIRES(mutex_);
  bool is_stored(const manifest& value) const GANTRY_REQUIRES(mutex_);
  result<std::shared_ptr<const memory_blob>> find_link(const digest& id) const
    GANTRY_REQUIRES(mutex_);
  /// The most that `write` can add to `owed_`.
  std::uint64_t added_bytes(const manifest_write& write) const GANTRY_REQUIRES(mutex_);
  /// What counts for quotas and would be added; nothing if it is unlimited.
  quota_use added_use(std::span<const manifest_write> writes) const GANTRY_REQUIRES(mutex_);
  quota_use added_use(const std::vector<undo_step>& steps) const GANTRY_REQUIRES(mutex_);
  /// Takes room for `price` bytes in memory, and `more` of the quotas; `settle` corrects both.
  /// Errors: quota_exceeded, insufficient_storage; nothing is taken then.
  result<void> reserve(std::uint64_t price, quota_use more) GANTRY_REQUIRES(mutex_);
  void apply(const manifest_write& write) GANTRY_REQUIRES(mutex_);
  void forget(const stored_manifest& doomed) GANTRY_REQUIRES(mutex_);
  /// Adjusts the claim to what is owed, and the share of quotas to what is held.
  void settle() GANTRY_REQUIRES(mutex_);
  std::uint64_t owed() const noexcept GANTRY_REQUIRES(mutex_) {
    return owed_ + prices::link * links_.entries() + prices::history_entry * history_.size();
  }
  void point(const tag& name, stored_manifest& target) GANTRY_REQUIRES(mutex_);
  /// Errors: tag_immutable (an immutable tag points to it, or to what needs it).
  result<void> check_not_needed(const digest& id) const GANTRY_REQUIRES(mutex_);
  void add_references(const stored_manifest& from) GANTRY_REQUIRES(mutex_);
  void remove_references(const stored_manifest& from) GANTRY_REQUIRES(mutex_);
  void add_referrer(const manifest& value) GANTRY_REQUIRES(mutex_);
  void remove_referrer(const manifest& value) GANTRY_REQUIRES(mutex_);
  void remove_tag(std::string_view name) GANTRY_REQUIRES(mutex_);
  /// Of the change of that number, or of a new one if it is 0; returns its number, and counts the
  /// tags that the write changes.
  std::uint64_t record_put(const manifest_write& write, std::uint64_t change, std::size_t& tags)
    GANTRY_REQUIRES(mutex_);
  /// Of the change of that number, or of a new one if it is 0; returns its number.
  std::uint64_t record_removal(change_kind kind, const std::optional<tag>& name,
                               const manifest& before, const changer_ptr& by, std::uint64_t change)
    GANTRY_REQUIRES(mutex_);
  void report() GANTRY_REQUIRES(mutex_);

  const repository_name name_;
  const std::shared_ptr<byte_budget> budget_;
  const std::uint64_t generation_;
  /// Guards everything below. The catalog is called under it, never the reverse.
  mutable mutex mutex_;
  byte_claim claim_ GANTRY_GUARDED_BY(mutex_);
  /// The price of everything but links.
  std::uint64_t owed_ GANTRY_GUARDED_BY(mutex_);
  quota_share share_ GANTRY_GUARDED_BY(mutex_);
  std::uint64_t manifest_bytes_ GANTRY_GUARDED_BY(mutex_) = 0;
  std::weak_ptr<memory_catalog> catalog_;
  std::weak_ptr<room_maker> room_;
  std::atomic<time_point> held_until_{time_point{}};
  bool reported_anything_ GANTRY_GUARDED_BY(mutex_) = false;
  bool reported_manifests_ GANTRY_GUARDED_BY(mutex_) = false;

  /// Its nodes do not move: `tags_` points to them.
  std::unordered_map<digest, stored_manifest> manifests_ GANTRY_GUARDED_BY(mutex_);
  std::map<tag, stored_manifest*, bytewise> tags_ GANTRY_GUARDED_BY(mutex_);
  /// By subject.
  std::unordered_map<digest, referrer_list> referrers_ GANTRY_GUARDED_BY(mutex_);
  link_table links_ GANTRY_GUARDED_BY(mutex_){name_};
  /// By the digest of a manifest or blob: the manifests that need it.
  std::unordered_map<digest, std::vector<const stored_manifest*>>
    needed_by_ GANTRY_GUARDED_BY(mutex_);
  memory_history history_ GANTRY_GUARDED_BY(mutex_);
  kept_manifests kept_ GANTRY_GUARDED_BY(mutex_);
  std::shared_ptr<const tag_patterns>
    immutable_ GANTRY_GUARDED_BY(mutex_) = std::make_shared<const tag_patterns>();
};

} // namespace gantry::storage
