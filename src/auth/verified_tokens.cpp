#include "auth/verified_tokens.hpp"

#include "auth/make_room.hpp"

#include <utility>

namespace gantry::auth {

std::optional<verified_tokens::entry>
verified_tokens::find(std::string_view token, std::uint64_t generation, time_point now) const {
  const auto hash = digest::of(token);
  const lock_guard lock{mutex_};
  const auto found = entries_.find(hash);
  if (found == entries_.end() || now >= found->second.until ||
      found->second.generation != generation)
    return std::nullopt;
  return found->second;
}

void verified_tokens::remember(std::string_view token, entry known) {
  const auto hash = digest::of(token);
  const lock_guard lock{mutex_};
  make_room(entries_, hash, max_entries, [](const entry& each) { return each.until; });
  entries_[hash] = std::move(known);
}

} // namespace gantry::auth
