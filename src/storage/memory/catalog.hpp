// The metadata half of the memory engine: repositories by name.
#pragma once

#include "base/byte_budget.hpp"
#include "base/mutex.hpp"
#include "domain/storage.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace gantry::storage {

class blob_index;
class memory_repository;

/// Any thread. Keeps the stores that hold something; one that is empty lives only as long as
/// somebody has it open.
class memory_catalog final : public metadata_engine,
                             public std::enable_shared_from_this<memory_catalog> {
public:
  memory_catalog(std::shared_ptr<byte_budget> budget, std::weak_ptr<blob_index> index);

  std::shared_ptr<repository_store> open(const repository_name& name) override;
  result<void> may_open(const repository_name& name) const override;
  bool contains(const repository_name& name) const override;
  page<repository_name> list_repositories(const page_request& request) const override;
  std::size_t repository_count() const override;

  /// What `store` has become: whether it holds anything, and whether a manifest is among it. Called
  /// by somebody who has it open; without effect for a store that `clear` cut off.
  void update(const memory_repository& store, bool holds_anything, bool has_manifests);
  /// Called by a store that dies.
  void forget(const memory_repository& dying);
  /// Cuts all stores off, and clears the index at the same moment.
  void clear();

  /// Stores that hold something or are open, by name, behind `last`; empty at the end.
  std::vector<std::shared_ptr<memory_repository>> stores_behind(std::string_view last,
                                                                std::size_t most) const;
  /// How many it has, also empty ones.
  std::size_t store_count() const;

private:
  struct entry {
    /// Tells the store from another one of the same name.
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

  std::shared_ptr<byte_budget> budget_;
  std::weak_ptr<blob_index> index_;
  mutable mutex mutex_;
  using entry_map = std::map<repository_name, entry, bytewise>;
  entry_map entries_ GANTRY_GUARDED_BY(mutex_);
  /// Keys of `entries_`.
  std::set<const repository_name*, by_name> listed_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
