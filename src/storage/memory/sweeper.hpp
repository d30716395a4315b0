// Removes what is no longer needed: expired leases, and links that no manifest names.
#pragma once

#include "base/mutex.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/memory/blob_index.hpp"
#include "storage/memory/catalog.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace gantry::storage {

/// Any thread. Works in small pieces, so that pushes and pulls do not wait for it.
class memory_sweeper {
public:
  memory_sweeper(std::shared_ptr<memory_catalog> catalog, std::shared_ptr<blob_index> index,
                 std::function<time_point()> now)
    : catalog_{std::move(catalog)}, index_{std::move(index)}, now_{std::move(now)} {}

  /// Sweeps everything. `progress` counts repositories.
  gc_report collect(const gc_policy& policy, const progress_callback& progress);
  /// Sweeps a bounded piece, for a write that finds the budget used up. The next call continues
  /// where this one ended.
  void make_room();

private:
  std::shared_ptr<memory_catalog> catalog_;
  std::shared_ptr<blob_index> index_;
  std::function<time_point()> now_;
  mutex mutex_;
  /// The repository that `make_room` looked at last.
  std::string last_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
