#include "auth/verified_tokens.hpp"

#include <algorithm>
#include <utility>

namespace gantry::auth {

std::shared_ptr<const identity> verified_tokens::find(std::string_view token,
                                                      time_point now) const {
  const auto hash = digest::of(token);
  const lock_guard lock{mutex_};
  const auto found = entries_.find(hash);
  return found != entries_.end() && now < found->second.until ? found->second.owner : nullptr;
}

void verified_tokens::remember(std::string_view token, std::shared_ptr<const identity> owner,
                               time_point until) {
  const auto hash = digest::of(token);
  const lock_guard lock{mutex_};
  if (entries_.size() >= max_entries && !entries_.contains(hash))
    entries_.erase(
      std::ranges::min_element(entries_, {}, [](const auto& each) { return each.second.until; }));
  entries_[hash] = {std::move(owner), until};
}

void verified_tokens::clear() {
  const lock_guard lock{mutex_};
  entries_.clear();
}

} // namespace gantry::auth
