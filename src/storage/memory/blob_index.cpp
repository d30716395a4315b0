#include "storage/memory/blob_index.hpp"

#include <deque>
#include <utility>

namespace gantry::storage {

// A blob that loses its last holder locks its shard to remove itself. So a blob that is only looked
// at under the lock is destroyed after the lock is released: all others may have let go of it
// meanwhile.

std::shared_ptr<const memory_blob> blob_index::find_linked(const digest& id) {
  auto found = find(id);
  return found && found->is_linked() ? std::move(found) : nullptr;
}

std::shared_ptr<const memory_blob> blob_index::find(const digest& id) {
  auto& part = shard_of(id);
  const lock_guard lock{part.mutex};
  const auto found = part.entries.find(id);
  return found == part.entries.end() ? nullptr : found->second.target.lock();
}

std::shared_ptr<const memory_blob> blob_index::adopt(std::shared_ptr<const memory_blob> saved) {
  saved->adopt(generation());
  return add(std::move(saved));
}

std::shared_ptr<const memory_blob> blob_index::add(std::shared_ptr<const memory_blob> candidate) {
  auto& part = shard_of(candidate->id());
  const lock_guard lock{part.mutex};
  if (candidate->generation() != generation())
    return candidate;
  auto& known = part.entries[candidate->id()];
  if (auto present = known.target.lock())
    return present;
  // If there was an entry nevertheless, its blob is being destroyed.
  known = entry{candidate.get(), candidate};
  return candidate;
}

void blob_index::forget(const memory_blob& dying) {
  auto& part = shard_of(dying.id());
  const lock_guard lock{part.mutex};
  const auto found = part.entries.find(dying.id());
  if (found != part.entries.end() && found->second.identity == &dying)
    part.entries.erase(found);
}

void blob_index::clear() {
  std::deque<unique_lock> locks; // of all shards: the analysis cannot count them
  for (auto& part : shards_)
    locks.emplace_back(part.mutex);
  ++generation_;
  for (auto& part : shards_)
    part.entries.clear();
}

blob_index::shard& blob_index::shard_of(const digest& id) noexcept {
  return shards_[(std::hash<digest>{}(id) >> 8) % shards_.size()];
}

} // namespace gantry::storage
