// Applies the configured limits to requests.
#pragma once

#include "limits/rate_rule.hpp"
#include "limits/token_buckets.hpp"

#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

namespace gantry::limits {

/// Thread-safe.
class rate_limiter {
public:
  explicit rate_limiter(const std::vector<rate_rule>& rules);

  bool empty() const noexcept { return rules_.empty(); }
  /// Counts a request against all rules of this kind of sharing. Returns zero, or how long its
  /// sender should wait. `name` is an address without a port, or a user; an empty one has no limit.
  std::chrono::nanoseconds count(sharing among, std::string_view name, requests kind,
                                 token_buckets::time_point now);

private:
  struct counted_rule {
    rate_rule rule;
    std::unique_ptr<token_buckets> buckets;
  };

  std::vector<counted_rule> rules_;
};

} // namespace gantry::limits
