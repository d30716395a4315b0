#include "listing/pull_counts.hpp"

#include "domain/keyed_hash.hpp"

#include <algorithm>

namespace gantry::listing {

void pull_counts::count(std::string_view repository, std::string_view reference, time_point when) {
  auto& [guard, pulls] = shards_[keyed_hash(repository) % shard_count];
  {
    const lock_guard lock{guard};
    auto found = pulls.find(pair_of_views{repository, reference});
    if (found == pulls.end()) {
      if (pulls.size() >= max_references / shard_count)
        return;
      found = pulls.try_emplace({std::string{repository}, std::string{reference}}).first;
    }
    ++found->second.count;
    found->second.last = std::max(found->second.last, when);
  }
  if (!has_told_.load(std::memory_order_relaxed) && !has_told_.exchange(true))
    told_();
}

std::vector<counted_pulls> pull_counts::take() {
  has_told_ = false;
  std::vector<counted_pulls> taken;
  for (auto& [guard, pulls] : shards_) {
    decltype(pulls) some;
    {
      const lock_guard lock{guard};
      some.swap(pulls);
    }
    for (const auto& [key, pulled] : some)
      taken.push_back({key.first, key.second, pulled.count, pulled.last});
  }
  return taken;
}

} // namespace gantry::listing
