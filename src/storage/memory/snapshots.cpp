#include "storage/memory/snapshots.hpp"

#include "storage/memory/prices.hpp"

#include <string>
#include <unordered_set>
#include <utility>

namespace gantry::storage {

namespace {

snapshot facts_of(const std::vector<saved_repository>& saved) {
  snapshot facts;
  std::unordered_set<const memory_blob*> seen;
  for (const auto& repository : saved) {
    // Others have a history only.
    facts.repositories += !repository.manifests.empty() || !repository.blobs.empty() ? 1 : 0;
    facts.manifests += repository.manifests.size();
    for (const auto& blob : repository.blobs)
      if (seen.insert(blob.get()).second)
        facts.bytes += blob->size();
  }
  facts.blobs = seen.size();
  return facts;
}

error unknown(std::uint64_t id) {
  return fail(errc::snapshot_unknown, std::to_string(id));
}

} // namespace

// The catalog is not used under the lock.
result<snapshot> memory_snapshots::take() {
  auto saved = std::make_shared<saved_contents>();
  saved->repositories = catalog_->save();
  saved->claim = byte_claim{budget_};
  std::uint64_t price = 0;
  for (const auto& each : saved->repositories)
    price += prices::of(each);
  if (auto claimed = take_room(saved->claim, price); !claimed)
    return claimed.error();
  auto facts = facts_of(saved->repositories);
  facts.taken = now_();
  const lock_guard lock{mutex_};
  if (entries_.size() >= max_snapshots)
    return fail(errc::too_many_snapshots, "the limit is " + std::to_string(max_snapshots));
  facts.id = ++last_;
  entries_.emplace(facts.id, entry{facts, std::move(saved)});
  return facts;
}

std::vector<snapshot> memory_snapshots::list() const {
  std::vector<snapshot> listed;
  const lock_guard lock{mutex_};
  for (const auto& [id, each] : entries_)
    listed.push_back(each.facts);
  return listed;
}

bool memory_snapshots::contains(std::uint64_t id) const {
  const lock_guard lock{mutex_};
  return entries_.contains(id);
}

result<void> memory_snapshots::restore(std::uint64_t id) {
  std::shared_ptr<const saved_contents> contents;
  {
    const lock_guard lock{mutex_};
    const auto found = entries_.find(id);
    if (found == entries_.end())
      return unknown(id);
    contents = found->second.contents;
  }
  catalog_->restore(contents->repositories);
  return {};
}

result<void> memory_snapshots::remove(std::uint64_t id) {
  std::shared_ptr<const saved_contents> released; // destroyed after the lock is released
  const lock_guard lock{mutex_};
  const auto found = entries_.find(id);
  if (found == entries_.end())
    return unknown(id);
  released = std::move(found->second.contents);
  entries_.erase(found);
  return {};
}

} // namespace gantry::storage
