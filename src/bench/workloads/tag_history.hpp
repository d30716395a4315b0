// What one tag may be after many have moved it at the same time.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <vector>

namespace gantry::bench {

/// Writes of a few values to one tag. A tag is a register: whoever reads it when all is done finds
/// a value whose write no other acknowledged write followed as a whole. Any thread.
class tag_history {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Values are numbers below `values`.
  explicit tag_history(std::size_t values) : writes_(values) {}
  tag_history(const tag_history&) = delete;
  tag_history& operator=(const tag_history&) = delete;

  /// Before a write is sent. One that is never acknowledged may have happened all the same.
  void sent(std::size_t value);
  /// After its answer: it took place between `begun` and `ended`.
  void acknowledged(std::size_t value, time_point begun, time_point ended);

  /// Whether any write was acknowledged: the tag must be there then.
  bool must_exist() const;
  bool may_hold(std::size_t value) const;

private:
  struct writes {
    std::size_t unanswered = 0;
    time_point last_end = time_point::min();
  };

  mutable std::mutex mutex_;
  std::vector<writes> writes_;
  /// Of acknowledged writes; `min` without any.
  time_point latest_begin_ = time_point::min();
};

} // namespace gantry::bench
