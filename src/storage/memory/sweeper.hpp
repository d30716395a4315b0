// Removes links that no manifest names, and whose lease is over.
#pragma once

#include "storage/api/upkeep.hpp"
#include "storage/keeper_slot.hpp"
#include "storage/memory/catalog.hpp"
#include "storage/memory/repository.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace gantry::storage {

/// Waits for the keeper of leases. Works in small pieces, so that pushes and pulls do not wait for
/// it.
class memory_sweeper {
public:
  /// A push in progress prolongs leases by at most `hold_at_most`.
  memory_sweeper(std::shared_ptr<memory_catalog> catalog, keeper_slot& keeper,
                 std::function<time_point()> now, std::chrono::milliseconds hold_at_most)
    : catalog_{std::move(catalog)},
      keeper_{keeper},
      now_{std::move(now)},
      hold_at_most_{hold_at_most} {}

  /// Sweeps everything. `progress` counts repositories. Any thread.
  gc_report collect(const gc_policy& policy, const progress_callback& progress);
  /// Sweeps a bounded piece, for writes that find the budget used up. The next call continues where
  /// this one ended. One thread.
  void make_room();

private:
  /// Forgets deleted manifests beyond the undo window, and the oldest ones beyond the undo space. A
  /// blob that several repositories keep counts for each.
  void forget_removed(const gc_policy& policy, time_point now, gc_report& report);
  /// Judges up to `most` links of one repository. Returns how many.
  std::size_t sweep(memory_repository& store, std::size_t most, const sweep_rules& rules,
                    leased_digests leased, gc_report& report);

  std::shared_ptr<memory_catalog> catalog_;
  keeper_slot& keeper_;
  std::function<time_point()> now_;
  const std::chrono::milliseconds hold_at_most_;
  /// The repository that `make_room` looked at last.
  std::string last_;
};

} // namespace gantry::storage
