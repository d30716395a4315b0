#include "bench/workloads/tag_history.hpp"

#include <algorithm>

namespace gantry::bench {

void tag_history::sent(std::size_t value) {
  const lock_guard lock{mutex_};
  ++writes_[value].unanswered;
}

void tag_history::acknowledged(std::size_t value, time_point begun, time_point ended) {
  const lock_guard lock{mutex_};
  auto& written = writes_[value];
  --written.unanswered;
  written.last_end = std::max(written.last_end, ended);
  latest_begin_ = std::max(latest_begin_, begun);
}

bool tag_history::must_exist() const {
  const lock_guard lock{mutex_};
  return latest_begin_ != time_point::min();
}

bool tag_history::may_hold(std::size_t value) const {
  const lock_guard lock{mutex_};
  const auto& written = writes_[value];
  const bool ever = written.last_end != time_point::min();
  return written.unanswered > 0 || (ever && written.last_end >= latest_begin_);
}

} // namespace gantry::bench
