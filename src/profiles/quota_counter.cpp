#include "profiles/quota_counter.hpp"

#include <algorithm>

namespace gantry::profiles {

using std::chrono::seconds;

quota_counter::account quota_counter::take(const std::string& key, std::uint32_t limit,
                                           seconds length, time_point now, bool counts) {
  const lock_guard lock{mutex_};
  auto found = windows_.find(key);
  if (found != windows_.end()) {
    const auto begin = found->second.begin;
    if (now < begin || now >= begin + length) {
      windows_.erase(found);
      found = windows_.end();
    }
  }
  if (found == windows_.end()) {
    if (!counts)
      return {limit > 0, limit, length};
    make_room();
    found = windows_.emplace(key, window{now, 0}).first;
  }
  auto& current = found->second;
  const bool within = current.used < limit;
  if (within && counts)
    ++current.used;
  const auto left = std::chrono::ceil<seconds>(current.begin + length - now);
  return {within, limit - current.used, std::max(left, seconds{1})};
}

void quota_counter::clear() {
  const lock_guard lock{mutex_};
  windows_.clear();
}

void quota_counter::make_room() {
  if (windows_.size() < max_keys)
    return;
  windows_.erase(
    std::ranges::min_element(windows_, {}, [](const auto& entry) { return entry.second.begin; }));
}

} // namespace gantry::profiles
