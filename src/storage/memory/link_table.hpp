// Which blobs a repository links, and which of them its manifests name.
#pragma once

#include "storage/memory/blob.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

/// Under the lock of its repository.
class link_table {
public:
  link_table() = default;
  link_table(const link_table&) = delete;
  link_table& operator=(const link_table&) = delete;
  ~link_table() { loose_.clear(); }

  /// Null if it is not linked.
  std::shared_ptr<const memory_blob> find(const digest& id) const;
  /// Linked, or named at least.
  bool has_entry(const digest& id) const { return entries_.contains(id); }
  std::size_t linked() const noexcept { return linked_; }
  std::size_t entries() const noexcept { return entries_.size(); }
  /// Links that no manifest names.
  std::size_t loose() const noexcept { return loose_.size(); }

  /// Precondition: not linked.
  void link(std::shared_ptr<const memory_blob> target);
  /// The link, for the caller to drop once no lock is held; one to nothing if there was none.
  blob_link unlink(const digest& id);

  /// A manifest names the blob, and another time if it does so twice.
  void name(const digest& id);
  /// As often as `name`.
  void unname(const digest& id);

  using judge = std::function<bool(const memory_blob&)>;
  /// Asks about up to `most` loose links, first those that were asked about longest ago, and takes
  /// out those that may go.
  std::vector<blob_link> take_loose(std::size_t most, const judge& may_go);

private:
  struct entry : boost::intrusive::list_base_hook<> {
    blob_link link;
    std::uint32_t named = 0;
  };
  using entry_map = std::unordered_map<digest, entry>;

  /// Keeps `loose_` true, and drops an entry that says nothing.
  void settle(entry_map::iterator changed);

  entry_map entries_;
  boost::intrusive::list<entry> loose_;
  std::size_t linked_ = 0;
};

} // namespace gantry::storage
