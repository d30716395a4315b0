#include "auth/failed_logins.hpp"

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
  if (entries_.size() >= max_entries && !entries_.contains(who))
    entries_.erase(
      std::ranges::min_element(entries_, {}, [](const auto& each) { return each.second.last; }));
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
