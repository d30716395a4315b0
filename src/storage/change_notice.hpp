// Says that an engine's log has grown, if anyone listens.
#pragma once

#include "base/mutex.hpp"

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

namespace gantry::storage {

/// Any thread. If no one listens, `tell` is one atomic load.
class change_notice {
public:
  /// See `metadata_engine::on_change`. After this, what `listener` set before is not called any
  /// more.
  void set(const void* listener, std::function<void()> told) {
    const lock_guard lock{mutex_};
    std::erase_if(told_, [listener](const auto& each) { return each.first == listener; });
    if (told)
      told_.emplace_back(listener, std::move(told));
    listens_ = !told_.empty();
  }

  void tell() const {
    if (!listens_)
      return;
    const lock_guard lock{mutex_};
    for (const auto& each : told_)
      each.second();
  }

private:
  std::atomic<bool> listens_{false};
  mutable mutex mutex_;
  std::vector<std::pair<const void*, std::function<void()>>> told_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
