// The blobs that a repository links, and those that its manifests name.
#pragma once

#include "domain/manifest.hpp"
#include "storage/memory/blob.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

/// Used under the lock of its repository.
class link_table {
public:
  /// Of the repository `owner`, which outlives it.
  explicit link_table(const repository_name& owner) : owner_{owner} {}
  link_table(const link_table&) = delete;
  link_table& operator=(const link_table&) = delete;
  ~link_table() { loose_.clear(); }

  /// Null if it is not linked.
  std::shared_ptr<const memory_blob> find(const digest& id) const;
  /// How many of the digests that a manifest names are neither linked nor named, counted as often
  /// as it names them.
  std::size_t count_new(const manifest& value) const;
  std::size_t linked() const noexcept { return linked_; }
  /// Sizes of the blobs that are linked.
  std::uint64_t linked_bytes() const noexcept { return linked_bytes_; }
  std::size_t entries() const noexcept { return entries_.size(); }
  /// Links that no manifest names.
  std::size_t loose() const noexcept { return loose_.size(); }

  /// Precondition: not linked.
  void link(std::shared_ptr<const memory_blob> target);
  /// Removes and returns the link; empty if there was none. The caller must drop it while it holds
  /// no lock.
  blob_link unlink(const digest& id);

  /// Counts that the manifest names what it names.
  void name_all(const manifest& value);
  /// Must be called as often as `name_all`.
  void unname_all(const manifest& value);

  std::vector<std::shared_ptr<const memory_blob>> blobs() const;

  /// Whether it is linked and no manifest names it.
  bool is_loose(const digest& id) const;
  /// Up to `most` of those, and puts them last.
  std::vector<digest> next_loose(std::size_t most);

private:
  struct entry : boost::intrusive::list_base_hook<> {
    blob_link link;
    std::uint32_t named = 0;
  };
  using entry_map = std::unordered_map<digest, entry>;

  void name(const digest& id);
  void unname(const digest& id);
  /// Keeps `loose_` up to date, and drops an entry that is neither linked nor named.
  void settle(entry_map::iterator changed);

  const repository_name& owner_;
  entry_map entries_;
  boost::intrusive::list<entry> loose_;
  std::size_t linked_ = 0;
  std::uint64_t linked_bytes_ = 0;
};

} // namespace gantry::storage
