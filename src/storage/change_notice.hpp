// Says that an engine's log has grown, if anyone listens.
#pragma once

#include "base/mutex.hpp"

#include <atomic>
#include <functional>
#include <utility>

namespace gantry::storage {

/// Any thread. If no one listens, `tell` is one atomic load.
class change_notice {
public:
  /// See `metadata_engine::on_change`. After this, what was set before is not called any more.
  void set(std::function<void()> told) {
    const lock_guard lock{mutex_};
    told_ = std::move(told);
    listens_ = static_cast<bool>(told_);
  }

  void tell() const {
    if (!listens_)
      return;
    const lock_guard lock{mutex_};
    if (told_)
      told_();
  }

private:
  std::atomic<bool> listens_{false};
  mutable mutex mutex_;
  std::function<void()> told_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
