#include "storage/memory/upkeep.hpp"

#include <algorithm>
#include <utility>

namespace gantry::storage {

memory_upkeep::memory_upkeep(std::shared_ptr<byte_budget> budget,
                             std::shared_ptr<memory_catalog> catalog,
                             std::shared_ptr<memory_sweeper> sweeper, std::size_t workers)
  : budget_{std::move(budget)},
    catalog_{std::move(catalog)},
    sweeper_{std::move(sweeper)},
    collecting_{std::min<std::size_t>(workers, 1)},
    clearing_{std::min<std::size_t>(workers, 1)} {}

void memory_upkeep::clear(completion<void> done) {
  clearing_.submit([this, done = std::move(done)] {
    catalog_->clear();
    done({});
  });
}

void memory_upkeep::clear_within(const repository_name& top, completion<void> done) {
  clearing_.submit([this, top, done = std::move(done)] {
    catalog_->clear_within(top);
    done({});
  });
}

void memory_upkeep::collect(const gc_policy& policy, progress_callback progress,
                            completion<gc_report> done) {
  collecting_.submit([this, policy, progress = std::move(progress), done = std::move(done)] {
    done(sweeper_->collect(policy, progress));
  });
}

} // namespace gantry::storage
