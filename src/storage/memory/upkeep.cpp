#include "storage/memory/upkeep.hpp"

#include "storage/answer_later.hpp"

#include <algorithm>
#include <utility>

namespace gantry::storage {

memory_upkeep::memory_upkeep(std::shared_ptr<byte_budget> budget,
                             std::shared_ptr<memory_catalog> catalog, memory_sweeper& sweeper,
                             std::size_t workers, stepper* steps)
  : budget_{std::move(budget)},
    catalog_{std::move(catalog)},
    sweeper_{sweeper},
    collecting_{std::min<std::size_t>(workers, 1), steps},
    clearing_{std::min<std::size_t>(workers, 1)} {}

void memory_upkeep::clear(completion<void> done) {
  answer_later(clearing_, std::move(done), [this]() -> result<void> {
    catalog_->clear();
    return {};
  });
}

void memory_upkeep::clear_within(const repository_name& top, completion<void> done) {
  answer_later(clearing_, std::move(done), [this, top]() -> result<void> {
    catalog_->clear_within(top);
    return {};
  });
}

void memory_upkeep::collect(const gc_policy& policy, progress_callback progress,
                            completion<gc_report> done) {
  answer_later(collecting_, std::move(done), [this, policy, progress = std::move(progress)] {
    return sweeper_.collect(policy, progress);
  });
}

} // namespace gantry::storage
