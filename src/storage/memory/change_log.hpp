// The log of the memory engine: the entries of all histories, in one order.
#pragma once

#include "base/mutex.hpp"
#include "domain/changes.hpp"
#include "storage/change_notice.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace gantry::storage {

/// Gives the numbers, and shows an entry together with its number: no reader finds a number before
/// a smaller one. Owns no entries. Any thread; histories call it under the locks of their
/// repositories.
class change_log {
public:
  /// Calls `keep(number)`, which returns the entry; it stays where it is until `forget`, as does
  /// `repository`. Costs a push one lock, which is held for as long as `keep` takes.
  template <class Keep>
  void add(const repository_name& repository, Keep keep) {
    {
      const lock_guard lock{mutex_};
      const history_entry& kept = keep(last_ + 1);
      rows_.emplace_hint(rows_.end(), ++last_, row{&repository, &kept});
    }
    notice_.tell();
  }
  /// Before the entry goes. One that is not here does not matter.
  void forget(std::uint64_t number) {
    const lock_guard lock{mutex_};
    rows_.erase(number);
  }
  /// Skips a number, so that readers notice that content was cleared.
  void leave_gap();

  /// See `metadata_engine::list_changes`.
  change_page list(const change_query& query) const;
  void on_change(const void* listener, std::function<void()> told) {
    notice_.set(listener, std::move(told));
  }

private:
  struct row {
    const repository_name* repository;
    const history_entry* entry;
  };

  change_notice notice_;
  mutable mutex mutex_;
  /// The last number that was given.
  std::uint64_t last_ GANTRY_GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, row> rows_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
