#include "storage/disk/manifest_cache.hpp"

#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

namespace gantry::storage {

namespace {

/// List and map nodes, the manifest's fields, heap overhead.
constexpr std::size_t overhead = 768;

/// The text, plus an estimate of the same size for the parsed fields.
std::size_t cost_of(const std::string& key, const manifest& value) {
  return overhead + key.size() + 2 * value.bytes().size();
}

} // namespace

manifest_ptr manifest_cache::find(std::uint64_t owner, std::uint64_t version,
                                  const std::string& name) {
  const auto key = key_of(owner, name);
  auto& part = shard_of(key);
  std::list<entry> gone; // destroyed after the lock is released
  const lock_guard lock{part.mutex};
  const auto found = part.by_key.find(key);
  if (found == part.by_key.end())
    return nullptr;
  if (found->second->version != version) {
    part.drop(found->second, gone);
    return nullptr;
  }
  part.entries.splice(part.entries.begin(), part.entries, found->second);
  return found->second->value;
}

void manifest_cache::keep(std::uint64_t owner, std::uint64_t version, const std::string& name,
                          manifest_ptr value) {
  auto key = key_of(owner, name);
  const auto cost = cost_of(key, *value);
  if (cost > max_shard_bytes_)
    return;
  auto& part = shard_of(key);
  std::list<entry> gone; // destroyed after the lock is released
  const lock_guard lock{part.mutex};
  if (const auto present = part.by_key.find(key); present != part.by_key.end())
    part.drop(present->second, gone);
  while (part.bytes + cost > max_shard_bytes_)
    part.drop(std::prev(part.entries.end()), gone);
  part.entries.push_front({std::move(key), version, std::move(value), cost});
  part.by_key.emplace(part.entries.front().key, part.entries.begin());
  part.bytes += cost;
}

std::size_t manifest_cache::bytes() const {
  std::size_t sum = 0;
  for (const auto& part : shards_) {
    const lock_guard lock{part.mutex};
    sum += part.bytes;
  }
  return sum;
}

void manifest_cache::shard::drop(std::list<entry>::iterator gone, std::list<entry>& to) {
  by_key.erase(gone->key);
  bytes -= gone->cost;
  to.splice(to.begin(), entries, gone);
}

std::string manifest_cache::key_of(std::uint64_t owner, const std::string& name) {
  return std::to_string(owner) + ' ' + name;
}

manifest_cache::shard& manifest_cache::shard_of(const std::string& key) noexcept {
  return shards_[(std::hash<std::string>{}(key) >> 8) % shards];
}

} // namespace gantry::storage
