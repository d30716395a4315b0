#include "auth/verified_tokens.hpp"

#include "auth/make_room.hpp"

#include <utility>

namespace gantry::auth {

identity_ptr verified_tokens::find(std::string_view token, time_point now) const {
  const auto hash = digest::of(token);
  const lock_guard lock{mutex_};
  const auto found = entries_.find(hash);
  return found != entries_.end() && now < found->second.until ? found->second.owner : nullptr;
}

void verified_tokens::remember(std::string_view token, identity_ptr owner, time_point until) {
  const auto hash = digest::of(token);
  const lock_guard lock{mutex_};
  make_room(entries_, hash, max_entries, [](const entry& each) { return each.until; });
  entries_[hash] = {std::move(owner), until};
}

void verified_tokens::clear() {
  const lock_guard lock{mutex_};
  entries_.clear();
}

} // namespace gantry::auth
