#include "auth/failed_logins.hpp"

#include "auth/make_room.hpp"

#include <algorithm>

namespace gantry::auth {

using std::chrono::seconds;

seconds failed_logins::wait_of(const std::string& who, time_point now) const {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(who);
  if (found == entries_.end() || found->second.failures <= free_failures)
    return seconds{0};
  const auto doublings = std::min(found->second.failures - free_failures - 1, 6U);
  const auto length = std::min(seconds{1U << doublings}, longest_wait);
  const auto left = std::chrono::ceil<seconds>(found->second.last + length - now);
  return std::max(left, seconds{0});
}

void failed_logins::add(const std::string& who, time_point now) {
  const lock_guard lock{mutex_};
  make_room(entries_, who, max_entries, [](const entry& each) { return each.last; });
  auto& known = entries_[who];
  if (now >= known.last + memory)
    known.failures = 0;
  ++known.failures;
  known.last = now;
}

void failed_logins::forgive(const std::string& who) {
  const lock_guard lock{mutex_};
  entries_.erase(who);
}

void failed_logins::clear() {
  const lock_guard lock{mutex_};
  entries_.clear();
}

} // namespace gantry::auth
