// Actor handles by key, found without a message: a hash map in shards with one lock each. Entries
// record their last use, so idle ones are found in order and in slices, however many there are.
#pragma once

#include "base/mutex.hpp"
#include "domain/time_point.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gantry {

/// The time of last use. Thread-safe; mostly written by the actor.
class last_use {
public:
  explicit last_use(time_point when = {}) noexcept : at_{when.time_since_epoch().count()} {}

  void touch(time_point when) noexcept {
    at_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
  }
  time_point at() const noexcept {
    return time_point{time_point::duration{at_.load(std::memory_order_relaxed)}};
  }

private:
  std::atomic<time_point::rep> at_;
};

using last_use_ptr = std::shared_ptr<last_use>;

/// Thread-safe. The actor that `find` returns may already be dead; a request to it then fails.
template <class Key, class Value>
class handle_index {
  struct entry;
  /// When each entry was last known to be used; never later than the actual use.
  using use_order = std::multimap<time_point, const Key*>;
  using entry_map = std::unordered_map<Key, entry>;

  struct entry {
    Value value;
    last_use_ptr used;
    typename use_order::iterator place;
  };

public:
  static constexpr std::size_t shard_count = 64;

  std::optional<Value> find(const Key& key) const {
    const auto& home = shard_of(key);
    const shared_lock lock{home.mutex};
    auto position = home.entries.find(key);
    return position == home.entries.end() ? std::nullopt : std::optional{position->second.value};
  }

  /// Replaces an existing value.
  void insert(const Key& key, Value value, last_use_ptr used = std::make_shared<last_use>()) {
    auto& home = shard_of(key);
    const lock_guard lock{home.mutex};
    auto position = home.entries.find(key);
    if (position == home.entries.end()) {
      entry added{std::move(value), {}, home.by_use.end()};
      position = home.entries.emplace(key, std::move(added)).first;
    } else {
      home.by_use.erase(position->second.place);
      std::swap(position->second.value, value); // the old value dies after the lock
    }
    auto& added = position->second;
    added.used = std::move(used);
    added.place = home.by_use.emplace(added.used->at(), &position->first);
  }

  /// Erases only if `matches(value)`: a successor under the same key stays.
  template <class Predicate>
  void erase_if(const Key& key, Predicate matches) {
    auto& home = shard_of(key);
    const lock_guard lock{home.mutex};
    auto position = home.entries.find(key);
    if (position == home.entries.end() || !matches(position->second.value))
      return;
    home.by_use.erase(position->second.place);
    home.entries.erase(position);
  }

  void erase(const Key& key) {
    erase_if(key, [](const Value&) { return true; });
  }

  /// One slice of a search for idle entries.
  struct idle_slice {
    std::vector<Value> found;
    /// Whether the next call may find more.
    bool more = false;
  };

  /// Returns entries last used at `before` or earlier. Examines at most `most` candidates. An entry
  /// that was found is not examined again until `before` has advanced by `pause`.
  idle_slice idle(time_point before, std::size_t most, time_point::duration pause) {
    idle_slice slice;
    for (auto& home : shards_) {
      const lock_guard lock{home.mutex};
      for (; !home.by_use.empty() && home.by_use.begin()->first <= before; --most) {
        if (most == 0) {
          slice.more = true;
          return slice;
        }
        const auto& first = home.first();
        const auto used = first.used->at();
        if (used <= before)
          slice.found.push_back(first.value);
        home.postpone(used <= before ? before + pause : used);
      }
    }
    return slice;
  }

  /// Returns the least recently used entry. The next call returns another one, as long as others
  /// were last used before `now`.
  std::optional<Value> longest_idle(time_point now) {
    shard* home = nullptr;
    auto earliest = time_point::max();
    for (auto& each : shards_) {
      const lock_guard lock{each.mutex};
      const auto use = each.settle();
      if (use && *use < earliest) {
        earliest = *use;
        home = &each;
      }
    }
    if (!home)
      return std::nullopt;
    const lock_guard lock{home->mutex};
    if (home->by_use.empty())
      return std::nullopt;
    auto found = home->first().value;
    home->postpone(now);
    return found;
  }

  /// Returns a copy of all keys and values, in linear time. Entries may be added or removed
  /// meanwhile.
  std::vector<std::pair<Key, Value>> entries() const {
    std::vector<std::pair<Key, Value>> all;
    for (const auto& home : shards_) {
      const shared_lock lock{home.mutex};
      for (const auto& [key, each] : home.entries)
        all.emplace_back(key, each.value);
    }
    return all;
  }

  /// The former contents of an index, processed in slices. Not thread-safe.
  class contents {
  public:
    /// Removes at most `most` values and calls `visit` for each; returns whether any are left.
    template <class Visit>
    bool drain(std::size_t most, Visit visit) {
      for (auto& [entries, by_use] : parts_)
        for (; !entries.empty(); --most) {
          if (most == 0)
            return true;
          const auto one = entries.begin();
          visit(one->second.value);
          by_use.erase(one->second.place);
          entries.erase(one);
        }
      return false;
    }

    bool is_empty() const {
      return std::ranges::all_of(parts_, [](const auto& part) { return part.first.empty(); });
    }

  private:
    friend class handle_index;
    std::array<std::pair<entry_map, use_order>, shard_count> parts_;
  };

  /// Empties the index in constant time.
  contents take() {
    contents all;
    for (std::size_t i = 0; i < shard_count; ++i) {
      const lock_guard lock{shards_[i].mutex};
      all.parts_[i].first.swap(shards_[i].entries);
      all.parts_[i].second.swap(shards_[i].by_use);
    }
    return all;
  }

  /// Removes the entries for which `matches(key, value)`, in linear time.
  template <class Predicate>
  contents take_if(Predicate matches) {
    contents all;
    for (std::size_t i = 0; i < shard_count; ++i) {
      auto& [entries, by_use] = all.parts_[i];
      const lock_guard lock{shards_[i].mutex};
      for (auto next = shards_[i].entries.begin(); next != shards_[i].entries.end();) {
        const auto each = next++;
        if (!matches(each->first, each->second.value))
          continue;
        each->second.place = by_use.insert(shards_[i].by_use.extract(each->second.place));
        entries.insert(shards_[i].entries.extract(each));
      }
    }
    return all;
  }

  void clear() { take(); }

  std::size_t size() const {
    std::size_t count = 0;
    for (const auto& home : shards_) {
      const shared_lock lock{home.mutex};
      count += home.entries.size();
    }
    return count;
  }

private:
  struct shard {
    mutable gantry::shared_mutex mutex;
    entry_map entries GANTRY_GUARDED_BY(mutex);
    use_order by_use GANTRY_GUARDED_BY(mutex);

    /// Precondition: not empty.
    const entry& first() const GANTRY_REQUIRES_SHARED(mutex) {
      assert(!by_use.empty());
      return entries.at(*by_use.begin()->second);
    }
    /// Moves the first entry of the order to `until`.
    void postpone(time_point until) GANTRY_REQUIRES(mutex) {
      auto node = by_use.extract(by_use.begin());
      node.key() = until;
      auto& moved = entries.at(*node.mapped());
      moved.place = by_use.insert(std::move(node));
    }
    /// Moves recently used entries to their new places, up to a few; returns when the first entry
    /// was used.
    std::optional<time_point> settle() GANTRY_REQUIRES(mutex) {
      constexpr int looks = 8;
      for (int i = 0; i < looks && !by_use.empty(); ++i) {
        const auto used = first().used->at();
        if (used <= by_use.begin()->first)
          break;
        postpone(used);
      }
      return by_use.empty() ? std::nullopt : std::optional{by_use.begin()->first};
    }
  };

  // The high bits choose the shard because the map inside uses the low ones.
  static std::size_t slot(const Key& key) {
    return (std::hash<Key>{}(key)*0x9E3779B97F4A7C15ULL) >> 58;
  }
  shard& shard_of(const Key& key) { return shards_[slot(key)]; }
  const shard& shard_of(const Key& key) const { return shards_[slot(key)]; }

  std::array<shard, shard_count> shards_;
};

} // namespace gantry
