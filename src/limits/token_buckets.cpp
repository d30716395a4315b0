#include "limits/token_buckets.hpp"

#include <algorithm>

namespace gantry::limits {

token_buckets::buckets::iterator token_buckets::find_or_make(std::string_view name,
                                                             time_point now) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    used_.splice(used_.begin(), used_, known->second);
    return known->second;
  }
  if (used_.size() >= max_buckets) {
    by_name_.erase(used_.back().name);
    used_.pop_back();
  }
  used_.push_front({std::string{name}, now});
  by_name_.emplace(used_.front().name, used_.begin());
  return used_.begin();
}

std::chrono::nanoseconds token_buckets::take(std::string_view name, time_point now) {
  const std::chrono::nanoseconds whole = most_.in;
  const auto one = whole / most_.count;
  const lock_guard lock{mutex_};
  const auto found = find_or_make(name, now);
  const auto full = std::max(found->full, now) + one;
  if (full - now > whole)
    return full - now - whole;
  found->full = full;
  return std::chrono::nanoseconds{0};
}

std::size_t token_buckets::size() const {
  const lock_guard lock{mutex_};
  return used_.size();
}

} // namespace gantry::limits
