// What a tag may point to after several clients have moved it concurrently.
#pragma once

#include "base/mutex.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace gantry::bench {

/// Writes of a few values to one tag. A tag is a register: a read after all writes returns a value
/// whose write did not end before another acknowledged write began. Thread-safe.
class tag_history {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Values are numbers below `values`.
  explicit tag_history(std::size_t values) : writes_(values) {}
  tag_history(const tag_history&) = delete;
  tag_history& operator=(const tag_history&) = delete;

  /// Called before a write is sent. A write that is never acknowledged may still have happened.
  void sent(std::size_t value);
  /// Called after its response: the write happened between `begun` and `ended`.
  void acknowledged(std::size_t value, time_point begun, time_point ended);

  /// True if any write was acknowledged.
  bool must_exist() const;
  bool may_hold(std::size_t value) const;

private:
  struct writes {
    std::size_t unanswered = 0;
    time_point last_end = time_point::min();
  };

  mutable mutex mutex_;
  std::vector<writes> writes_ GANTRY_GUARDED_BY(mutex_);
  /// Of acknowledged writes; `min()` if there are none.
  time_point latest_begin_ GANTRY_GUARDED_BY(mutex_) = time_point::min();
};

} // namespace gantry::bench
