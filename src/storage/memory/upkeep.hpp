// Work on all contents of the memory engine.
#pragma once

#include "base/byte_budget.hpp"
#include "base/worker_pool.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/memory/catalog.hpp"
#include "storage/memory/sweeper.hpp"

#include <cstddef>
#include <memory>

namespace gantry::storage {

/// Any thread.
class memory_upkeep final : public upkeep_engine {
public:
  memory_upkeep(std::shared_ptr<byte_budget> budget, std::shared_ptr<memory_catalog> catalog,
                memory_sweeper& sweeper, std::size_t workers, stepper* steps);

  void clear(completion<void> done) override;
  void clear_within(const repository_name& top, completion<void> done) override;
  void collect(const gc_policy& policy, progress_callback progress,
               completion<gc_report> done) override;
  void scrub(std::uint64_t, progress_callback, completion<scrub_report> done) override {
    done(scrub_report{});
  }
  result<void> health() const override { return {}; }
  storage_room room() const override {
    return {.used = budget_->used(), .limit = budget_->limit()};
  }
  void used_bytes(completion<std::uint64_t> done) const override { done(budget_->used()); }

private:
  std::shared_ptr<byte_budget> budget_;
  std::shared_ptr<memory_catalog> catalog_;
  memory_sweeper& sweeper_;
  // Last: their work uses the others. Collections do not delay clearings.
  worker_pool collecting_;
  worker_pool clearing_;
};

} // namespace gantry::storage
