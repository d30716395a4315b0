#include "storage/memory/blob_index.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace gantry::storage {

// A blob that loses its last holder locks its shard to remove itself. So a blob that is held under
// the lock, be it released or only looked at, is destroyed after the lock is released: all others
// may have let go of it meanwhile.

namespace {

/// Expired leases that a request drops: enough to keep up with new leases.
constexpr std::size_t in_passing = 16;

} // namespace

std::shared_ptr<const memory_blob> blob_index::find(const digest& id) {
  auto& part = shard_of(id);
  drop_in_passing(part);
  std::shared_ptr<const memory_blob> found;
  const lock_guard lock{part.mutex};
  found = part.find(id);
  if (found && !found->is_linked() && !part.entries.at(id).lease)
    return nullptr;
  return found;
}

std::shared_ptr<const memory_blob> blob_index::renew(const digest& id, time_point lease_until) {
  auto& part = shard_of(id);
  drop_in_passing(part);
  std::shared_ptr<const memory_blob> found;
  const lock_guard lock{part.mutex};
  found = part.find(id);
  if (found)
    part.hold(part.entries.at(id), lease_until);
  return found;
}

void blob_index::renew(const memory_blob& found, time_point lease_until) {
  auto& part = shard_of(found.id());
  const lock_guard lock{part.mutex};
  if (auto* const leased = part.find_entry(found))
    part.hold(*leased, lease_until);
}

std::shared_ptr<const memory_blob> blob_index::adopt(std::shared_ptr<const memory_blob> saved,
                                                     time_point lease_until) {
  saved->adopt(generation());
  return add(std::move(saved), lease_until);
}

std::shared_ptr<const memory_blob> blob_index::add(std::shared_ptr<const memory_blob> candidate,
                                                   time_point lease_until) {
  auto& part = shard_of(candidate->id());
  const lock_guard lock{part.mutex};
  if (candidate->generation() != generation())
    return candidate;
  auto& held = part.entries[candidate->id()];
  auto present = held.target.lock();
  if (!present) {
    // If there was an entry nevertheless, its blob is being destroyed.
    held = entry{candidate.get(), candidate, {}, {}};
    present = std::move(candidate);
  }
  part.hold(held, lease_until);
  return present;
}

void blob_index::end_lease(const memory_blob& unlinked) {
  std::shared_ptr<const memory_blob> released;
  auto& part = shard_of(unlinked.id());
  const lock_guard lock{part.mutex};
  auto* const leased = part.find_entry(unlinked);
  if (!leased)
    return;
  leased->leased_until = time_point{};
  if (!leased->lease)
    return;
  released = std::move((*leased->lease)->second);
  part.leases.erase(*std::exchange(leased->lease, std::nullopt));
}

bool blob_index::is_leased(const memory_blob& linked, bool on_hold) {
  auto& part = shard_of(linked.id());
  const auto over_before = on_hold ? now_() - hold_at_most_ : now_();
  const lock_guard lock{part.mutex};
  const auto* const found = part.find_entry(linked);
  return found && found->leased_until > over_before;
}

std::vector<std::shared_ptr<const memory_blob>> blob_index::drop_expired(std::size_t most) {
  std::vector<std::shared_ptr<const memory_blob>> released;
  for (auto& part : shards_)
    drop_expired(part, most, released);
  return released;
}

void blob_index::drop_in_passing(shard& part) {
  std::vector<std::shared_ptr<const memory_blob>> released;
  drop_expired(part, in_passing, released);
}

void blob_index::drop_expired(shard& part, std::size_t most,
                              std::vector<std::shared_ptr<const memory_blob>>& released) {
  const auto now = now_();
  const lock_guard lock{part.mutex};
  for (; most > 0 && !part.leases.empty() && part.leases.begin()->first <= now; --most) {
    const auto first = part.leases.begin();
    part.entries.at(first->second->id()).lease.reset();
    released.push_back(std::move(first->second));
    part.leases.erase(first);
  }
}

void blob_index::forget(const memory_blob& dying) {
  auto& part = shard_of(dying.id());
  const lock_guard lock{part.mutex};
  const auto found = part.entries.find(dying.id());
  if (found != part.entries.end() && found->second.identity == &dying)
    part.entries.erase(found);
}

std::vector<blob_index::lease_map> blob_index::clear() {
  std::vector<lease_map> released(shards_.size());
  std::deque<unique_lock> locks; // of all shards: the analysis cannot count them
  for (auto& part : shards_)
    locks.emplace_back(part.mutex);
  ++generation_;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    released[i].swap(shards_[i].leases);
    shards_[i].entries.clear();
  }
  return released;
}

blob_index::shard& blob_index::shard_of(const digest& id) noexcept {
  return shards_[(std::hash<digest>{}(id) >> 8) % shards_.size()];
}

std::shared_ptr<const memory_blob> blob_index::shard::find(const digest& id) const {
  const auto found = entries.find(id);
  return found == entries.end() ? nullptr : found->second.target.lock();
}

blob_index::entry* blob_index::shard::find_entry(const memory_blob& found) {
  const auto position = entries.find(found.id());
  return position == entries.end() || position->second.identity != &found ? nullptr
                                                                          : &position->second;
}

void blob_index::shard::hold(entry& leased, time_point until) {
  leased.leased_until = std::max(leased.leased_until, until);
  if (!leased.lease) {
    leased.lease = leases.emplace(until, leased.target.lock());
  } else if ((*leased.lease)->first < until) {
    auto node = leases.extract(*leased.lease);
    node.key() = until;
    leased.lease = leases.insert(std::move(node));
  }
}

} // namespace gantry::storage
