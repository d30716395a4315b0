// Handles of actors by key, found without a message: a hash map in shards, each behind a lock of
// its own.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gantry {

/// Any thread may call anything. What `find` returns may already be dead: a request to it says so.
template <class Key, class Value>
class handle_index {
public:
  std::optional<Value> find(const Key& key) const {
    const auto& home = shard_of(key);
    std::shared_lock lock{home.mutex};
    auto position = home.entries.find(key);
    return position == home.entries.end() ? std::nullopt : std::optional{position->second};
  }

  /// Replaces what was there.
  void insert(const Key& key, Value value) {
    auto& home = shard_of(key);
    std::unique_lock lock{home.mutex};
    home.entries.insert_or_assign(key, std::move(value));
  }

  /// Only where `matches(value)`: a successor under the same key stays.
  template <class Predicate>
  void erase_if(const Key& key, Predicate matches) {
    auto& home = shard_of(key);
    std::unique_lock lock{home.mutex};
    auto position = home.entries.find(key);
    if (position != home.entries.end() && matches(position->second))
      home.entries.erase(position);
  }

  void erase(const Key& key) {
    erase_if(key, [](const Value&) { return true; });
  }

  /// A copy of all keys and values; others may come and go meanwhile.
  std::vector<std::pair<Key, Value>> entries() const {
    std::vector<std::pair<Key, Value>> all;
    for (const auto& home : shards_) {
      std::shared_lock lock{home.mutex};
      all.insert(all.end(), home.entries.begin(), home.entries.end());
    }
    return all;
  }

  void clear() {
    for (auto& home : shards_) {
      std::unordered_map<Key, Value>
        dropped; // destroyed after the lock: a handle may end its actor
      std::unique_lock lock{home.mutex};
      dropped.swap(home.entries);
      lock.unlock();
    }
  }

  std::size_t size() const {
    std::size_t count = 0;
    for (const auto& home : shards_) {
      std::shared_lock lock{home.mutex};
      count += home.entries.size();
    }
    return count;
  }

private:
  struct shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<Key, Value> entries;
  };

  // The high bits choose the shard: the map inside uses the low ones.
  static std::size_t slot(const Key& key) {
    return (std::hash<Key>{}(key)*0x9E3779B97F4A7C15ULL) >> 58;
  }
  shard& shard_of(const Key& key) { return shards_[slot(key)]; }
  const shard& shard_of(const Key& key) const { return shards_[slot(key)]; }

  std::array<shard, 64> shards_;
};

} // namespace gantry
