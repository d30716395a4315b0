// A value that many threads read and that is replaced as a whole.
#pragma once

#include "base/mutex.hpp"

#include <cassert>
#include <memory>
#include <utility>

namespace gantry {

/// Holds the snapshot that is in force. A request takes it once, at its beginning, so that it sees
/// one set of values from its first decision to its last, whatever is put in place meanwhile; a
/// replaced snapshot lives until its last reader lets go. Thread-safe: yes.
///
/// A mutex and not std::atomic<std::shared_ptr>: that of libstdc++ 12 unlocks with relaxed order in
/// `load`, which ThreadSanitizer reports.
template <class Value>
class current {
public:
  /// Precondition, here and for `replace`: not null.
  explicit current(std::shared_ptr<const Value> first) : value_{std::move(first)} {
    assert(value_);
  }
  current(const current&) = delete;
  current& operator=(const current&) = delete;

  std::shared_ptr<const Value> take() const {
    const lock_guard lock{mutex_};
    return value_;
  }

  /// What `take` returns from now on.
  void replace(std::shared_ptr<const Value> next) {
    assert(next);
    // The old value ends outside of the lock: readers do not wait for its destructor.
    const lock_guard lock{mutex_};
    value_.swap(next);
  }

private:
  mutable mutex mutex_;
  std::shared_ptr<const Value> value_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry
