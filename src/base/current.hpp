// An immutable value that many threads read and that is replaced as a whole.
#pragma once

#include "base/mutex.hpp"

#include <cassert>
#include <memory>
#include <utility>

namespace gantry {

/// Holds the current snapshot. A request takes it once, at its beginning, and so sees one
/// consistent set of values even if the snapshot is replaced meanwhile. A replaced snapshot lives
/// until its last reader releases it. Thread-safe.
///
/// Uses a mutex instead of std::atomic<std::shared_ptr> because libstdc++ 12's `load` unlocks with
/// relaxed order, which ThreadSanitizer reports.
template <class Value>
class current {
public:
  /// Precondition, also for `replace`: not null.
  explicit current(std::shared_ptr<const Value> first) : value_{std::move(first)} {
    assert(value_);
  }
  current(const current&) = delete;
  current& operator=(const current&) = delete;

  std::shared_ptr<const Value> take() const {
    const lock_guard lock{mutex_};
    return value_;
  }

  /// Sets the value that `take` returns from now on.
  void replace(std::shared_ptr<const Value> next) {
    assert(next);
    // The old value is destroyed outside the lock, so readers do not wait for its destructor.
    const lock_guard lock{mutex_};
    value_.swap(next);
  }

  /// Replaces the value by a copy that `change` has changed; no other replacement is lost.
  template <class Change>
  void update(Change change) {
    std::shared_ptr<const Value> old; // destroyed outside the lock
    const lock_guard lock{mutex_};
    auto next = std::make_shared<Value>(*value_);
    change(*next);
    old = std::exchange(value_, std::move(next));
  }

private:
  mutable mutex mutex_;
  std::shared_ptr<const Value> value_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry
