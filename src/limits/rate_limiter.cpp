#include "limits/rate_limiter.hpp"

#include <algorithm>

namespace gantry::limits {

rate_limiter::rate_limiter(const std::vector<rate_rule>& rules) {
  for (const auto& each : rules)
    rules_.push_back({each, std::make_unique<token_buckets>(each.most)});
}

std::chrono::nanoseconds rate_limiter::count(sharing among, std::string_view name, requests kind,
                                             token_buckets::time_point now) {
  std::chrono::nanoseconds wait{0};
  if (name.empty())
    return wait;
  for (auto& each : rules_)
    if (each.rule.among == among &&
        (each.rule.counted == requests::all || each.rule.counted == kind))
      wait = std::max(wait, each.buckets->take(name, now));
  return wait;
}

} // namespace gantry::limits
