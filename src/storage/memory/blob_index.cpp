#include "storage/memory/blob_index.hpp"

#include <utility>

namespace gantry::storage {

// A blob that loses its last holder locks its shard to take itself out. So whatever a shard lets go
// is moved out of it under the lock, and dies after the lock was released.

std::shared_ptr<const memory_blob> blob_index::find(const digest& id) {
  auto& part = shard_of(id);
  drop_expired(part);
  const std::lock_guard lock{part.mutex};
  return part.find(id);
}

std::shared_ptr<const memory_blob> blob_index::renew(const digest& id, time_point lease_until) {
  auto& part = shard_of(id);
  drop_expired(part);
  const std::lock_guard lock{part.mutex};
  auto found = part.find(id);
  if (found)
    part.hold(part.entries.at(id), lease_until);
  return found;
}

std::shared_ptr<const memory_blob> blob_index::add(std::shared_ptr<const memory_blob> candidate,
                                                   time_point lease_until) {
  auto& part = shard_of(candidate->id());
  const std::lock_guard lock{part.mutex};
  auto present = part.find(candidate->id());
  if (!present) {
    // An entry that is there nevertheless belongs to a blob that is dying right now.
    part.entries.insert_or_assign(candidate->id(), entry{candidate.get(), candidate, {}});
    present = candidate;
  }
  part.hold(part.entries.at(present->id()), lease_until);
  return present;
}

void blob_index::end_lease(const memory_blob& unlinked) {
  std::shared_ptr<const memory_blob> released;
  auto& part = shard_of(unlinked.id());
  const std::lock_guard lock{part.mutex};
  const auto found = part.entries.find(unlinked.id());
  if (found == part.entries.end() || found->second.identity != &unlinked || !found->second.lease)
    return;
  released = std::move((*found->second.lease)->second);
  part.leases.erase(*std::exchange(found->second.lease, std::nullopt));
}

void blob_index::drop_expired() {
  for (auto& part : shards_)
    drop_expired(part);
}

void blob_index::drop_expired(shard& part) {
  std::vector<std::shared_ptr<const memory_blob>> released;
  const auto now = now_();
  const std::lock_guard lock{part.mutex};
  while (!part.leases.empty() && part.leases.begin()->first <= now) {
    const auto first = part.leases.begin();
    part.entries.at(first->second->id()).lease.reset();
    released.push_back(std::move(first->second));
    part.leases.erase(first);
  }
}

void blob_index::forget(const memory_blob& dying) {
  auto& part = shard_of(dying.id());
  const std::lock_guard lock{part.mutex};
  const auto found = part.entries.find(dying.id());
  if (found != part.entries.end() && found->second.identity == &dying)
    part.entries.erase(found);
}

void blob_index::clear() {
  for (auto& part : shards_) {
    lease_map released;
    const std::lock_guard lock{part.mutex};
    released.swap(part.leases);
    part.entries.clear();
  }
}

blob_index::shard& blob_index::shard_of(const digest& id) noexcept {
  return shards_[(std::hash<digest>{}(id) >> 8) % shards_.size()];
}

std::shared_ptr<const memory_blob> blob_index::shard::find(const digest& id) const {
  const auto found = entries.find(id);
  return found == entries.end() ? nullptr : found->second.target.lock();
}

void blob_index::shard::hold(entry& leased, time_point until) {
  if (!leased.lease) {
    leased.lease = leases.emplace(until, leased.target.lock());
  } else if ((*leased.lease)->first < until) {
    auto node = leases.extract(*leased.lease);
    node.key() = until;
    leased.lease = leases.insert(std::move(node));
  }
}

} // namespace gantry::storage
