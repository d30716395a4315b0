// The metadata half of the memory engine: repositories by name.
#pragma once

#include "base/byte_budget.hpp"
#include "base/mutex.hpp"
#include "storage/api/metadata.hpp"
#include "storage/api/quota_ledger.hpp"
#include "storage/memory/room_maker.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace gantry::storage {

class blob_index;
class memory_repository;
struct history_counter;
struct saved_repository;

/// Any thread. Keeps the stores that hold something; an empty one lives only while it is open.
class memory_catalog final : public metadata_engine,
                             public std::enable_shared_from_this<memory_catalog> {
public:
  /// `quotas` is null without any.
  memory_catalog(std::shared_ptr<byte_budget> budget, std::weak_ptr<blob_index> index,
                 std::weak_ptr<room_maker> room, std::function<time_point()> now,
                 std::shared_ptr<quota_ledger> quotas = {});

  std::shared_ptr<repository_store> open(const repository_name& name) override;
  void may_open(const repository_name& name, completion<void> done) const override {
    with_room(room_, std::move(done), [this, name] { return find_room(name); });
  }
  void contains(const repository_name& name, completion<bool> done) const override {
    done(holds(name));
  }
  void rename(const repository_name& from, const repository_name& to,
              std::shared_ptr<const tag_patterns> immutable, completion<void> done) override {
    done(move(from, to, *immutable));
  }
  void list_repositories(const page_request& request,
                         completion<page<repository_name>> done) const override {
    done(names_behind(request));
  }
  void list_linking(const digest& id, const page_request& request,
                    completion<page<repository_name>> done) const override;
  void repository_count(completion<std::size_t> done) const override { done(listed_count()); }
  void list_changes(const change_query& query, completion<change_page> done) const override;
  void on_change(const void* listener, std::function<void()> told) override;

  /// The number of repositories with manifests.
  std::size_t listed_count() const;

  /// Updates the entry of `store`: whether it holds anything, and whether it has manifests. The
  /// caller must have the store open. Has no effect for a store that `clear` cut off.
  void update(const memory_repository& store, bool holds_anything, bool has_manifests);
  /// Called by the destructor of a store.
  void forget(const memory_repository& dying);
  /// Cuts off all stores and clears the index, in one step.
  void clear();
  /// Cuts off the stores within `top`.
  void clear_within(const repository_name& top);
  /// All stores that hold something.
  std::vector<saved_repository> save() const;
  /// Cuts off all stores, clears the index, and puts the saved repositories in their place, in one
  /// step.
  void restore(const std::vector<saved_repository>& saved);

  /// Stores that hold something or are open, by name, after `last`; empty at the end.
  std::vector<std::shared_ptr<memory_repository>> stores_behind(std::string_view last,
                                                                std::size_t most) const;
  /// The number of stores, including empty ones.
  std::size_t store_count() const;

private:
  struct entry {
    /// Distinguishes the store from another one of the same name.
    const memory_repository* identity;
    std::weak_ptr<memory_repository> open;
    std::shared_ptr<memory_repository> kept;
  };

  struct bytewise {
    using is_transparent = void;
    bool operator()(const repository_name& left, const repository_name& right) const noexcept {
      return left < right;
    }
    bool operator()(std::string_view left, const repository_name& right) const noexcept {
      return left < right.to_string();
    }
    bool operator()(const repository_name& left, std::string_view right) const noexcept {
      return left.to_string() < right;
    }
  };

  struct by_name {
    using is_transparent = void;
    bool operator()(const repository_name* left, const repository_name* right) const noexcept {
      return *left < *right;
    }
    bool operator()(std::string_view left, const repository_name* right) const noexcept {
      return left < right->to_string();
    }
    bool operator()(const repository_name* left, std::string_view right) const noexcept {
      return left->to_string() < right;
    }
  };

  using entry_map = std::map<repository_name, entry, bytewise>;

  template <class Visit>
  void for_each_store(Visit visit) const;
  result<void> find_room(const repository_name& name) const;
  result<void> move(const repository_name& from, const repository_name& to,
                    const tag_patterns& immutable);
  /// The store, if it is open or holds something.
  std::shared_ptr<memory_repository> find(const repository_name& name) const;
  void adopt(const saved_repository& saved, const std::shared_ptr<blob_index>& index,
             quota_share share) GANTRY_REQUIRES(mutex_);
  bool holds(const repository_name& name) const;
  page<repository_name> names_behind(const page_request& request) const;
  /// Forgets the histories of stores that were cut off. Returns whether there were any.
  static bool forget_histories(const entry_map& released);

  std::shared_ptr<byte_budget> budget_;
  std::weak_ptr<blob_index> index_;
  std::weak_ptr<room_maker> room_;
  const std::shared_ptr<quota_ledger> quotas_;
  const std::shared_ptr<history_counter> counter_;
  mutable mutex mutex_;
  entry_map entries_ GANTRY_GUARDED_BY(mutex_);
  /// Keys of `entries_`.
  std::set<const repository_name*, by_name> listed_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
