// What a repository in memory holds of its quotas.
#include "storage/memory/repository.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace gantry::storage {

quota_use memory_repository::added_use(std::span<const manifest_write> writes) const {
  quota_use more;
  if (share_.is_unlimited())
    return more;
  std::unordered_set<digest> manifests;
  std::set<std::string_view> new_tags;
  for (const auto& write : writes) {
    const auto& value = *write.value;
    if (!is_stored(value) && manifests.insert(value.id()).second) {
      const auto old = manifests_.find(value.id());
      const std::uint64_t before = old == manifests_.end() ? 0 : old->second.value->bytes().size();
      more.bytes += growth({.bytes = before}, {.bytes = value.bytes().size()}).bytes;
    }
    for (const auto& name : write.tags)
      if (!tags_.contains(name) && new_tags.insert(name.to_string()).second)
        ++more.tags;
  }
  return more;
}

result<void> memory_repository::reserve(std::uint64_t price, quota_use more) {
  if (auto within = share_.take(more); !within)
    return within;
  auto claimed = take_room(claim_, price);
  if (!claimed)
    settle();
  return claimed;
}

quota_use memory_repository::added_use(const std::vector<undo_step>& steps) const {
  if (share_.is_unlimited())
    return {};
  std::int64_t bytes = 0;
  std::int64_t tags = 0;
  for (const auto& step : steps) {
    if (step.name)
      tags += (step.after ? 1 : 0) - (tags_.contains(*step.name) ? 1 : 0);
    else if (step.before)
      bytes -= static_cast<std::int64_t>(manifests_.at(*step.before).value->bytes().size());
    else
      bytes += static_cast<std::int64_t>(kept_.at(*step.after).value->bytes().size());
  }
  return {static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)),
          static_cast<std::uint64_t>(std::max<std::int64_t>(tags, 0))};
}

void memory_repository::leave_quotas() {
  const lock_guard lock{mutex_};
  share_ = {};
}

result<quota_share> memory_repository::give_share(const repository_name& to) {
  const lock_guard lock{mutex_};
  return share_.move_to(to);
}

} // namespace gantry::storage
