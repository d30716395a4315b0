#include "storage/memory/engine.hpp"

#include "base/byte_budget.hpp"
#include "storage/memory/blob_index.hpp"
#include "storage/memory/blobs.hpp"
#include "storage/memory/catalog.hpp"
#include "storage/memory/file.hpp"
#include "storage/memory/snapshots.hpp"
#include "storage/memory/sweeper.hpp"
#include "storage/memory/upkeep.hpp"
#include "storage/memory/uploads.hpp"

#include <utility>

namespace gantry::storage {

namespace {

class memory_engine final : public storage_engine {
public:
  explicit memory_engine(memory_options options)
    : budget_{std::make_shared<byte_budget>(options.limit)},
      index_{std::make_shared<blob_index>(options.now, options.hold_at_most)},
      uploads_{budget_, index_, std::make_shared<memory_arena>(options.mappings),
               options.inline_threshold},
      blobs_{index_},
      catalog_{std::make_shared<memory_catalog>(budget_, index_)},
      sweeper_{std::make_shared<memory_sweeper>(catalog_, index_, options.now)},
      snapshots_{catalog_, budget_, std::move(options.now)},
      upkeep_{budget_, catalog_, sweeper_, options.workers} {
    budget_->on_pressure([weak = std::weak_ptr{sweeper_}] {
      if (const auto sweeper = weak.lock())
        sweeper->make_room();
    });
  }

  upload_engine& uploads() override { return uploads_; }
  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return *catalog_; }
  upkeep_engine& upkeep() override { return upkeep_; }
  snapshot_engine* snapshots() noexcept override { return &snapshots_; }

private:
  std::shared_ptr<byte_budget> budget_;
  std::shared_ptr<blob_index> index_;
  memory_uploads uploads_;
  memory_blobs blobs_;
  std::shared_ptr<memory_catalog> catalog_;
  std::shared_ptr<memory_sweeper> sweeper_;
  memory_snapshots snapshots_;
  // Last: its threads use the others.
  memory_upkeep upkeep_;
};

} // namespace

std::unique_ptr<storage_engine> make_memory_engine(memory_options options) {
  return std::make_unique<memory_engine>(std::move(options));
}

} // namespace gantry::storage
