// Counts how often each of many may still do something.
#pragma once

#include "base/mutex.hpp"
#include "limits/rate.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::limits {

/// A bucket of tokens for each name: it is full at first, each request takes one, and they come
/// back at the rate. Memory is bounded. Thread-safe.
class token_buckets {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Beyond these, the bucket that was used least recently is forgotten, and is full again.
  static constexpr std::size_t max_buckets = 50'000;

  explicit token_buckets(rate most) : most_{most} {}

  /// Takes a token of `name`. Returns zero, or how long to wait until there is one.
  std::chrono::nanoseconds take(std::string_view name, time_point now);

  std::size_t size() const;

private:
  struct bucket {
    std::string name;
    /// When it will be full. Tokens are what can be taken before that is a whole span away.
    time_point full;
  };
  using buckets = std::list<bucket>;

  buckets::iterator find_or_make(std::string_view name, time_point now) GANTRY_REQUIRES(mutex_);

  const rate most_;
  mutable mutex mutex_;
  /// The most recently used one is first.
  buckets used_ GANTRY_GUARDED_BY(mutex_);
  std::unordered_map<std::string_view, buckets::iterator> by_name_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::limits
