// Counts requests against quotas.
#pragma once

#include "base/mutex.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace gantry::profiles {

/// Thread-safe.
class quota_counter {
public:
  using time_point = std::chrono::system_clock::time_point;

  struct account {
    /// Whether the request is within the quota.
    bool within = true;
    std::uint32_t remaining = 0;
    /// Until the window ends; at least one second.
    std::chrono::seconds until_more{1};
  };

  /// More clients than that are not told apart: the one whose window began first is forgotten.
  static constexpr std::size_t max_keys = 10'000;

  /// Counts a request for `key`, or only looks if `counts` is false. A refused request does not
  /// count. A window begins with the first request that counts; if the clock was set back before
  /// that, it begins anew.
  account take(const std::string& key, std::uint32_t limit, std::chrono::seconds length,
               time_point now, bool counts);
  void clear();

private:
  struct window {
    time_point begin;
    std::uint32_t used = 0;
  };

  void make_room() GANTRY_REQUIRES(mutex_);

  mutex mutex_;
  std::map<std::string, window> windows_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::profiles
