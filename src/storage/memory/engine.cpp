#include "storage/memory/engine.hpp"

#include "base/byte_budget.hpp"
#include "base/worker_pool.hpp"
#include "storage/memory/blob_index.hpp"
#include "storage/memory/blobs.hpp"
#include "storage/memory/catalog.hpp"
#include "storage/memory/file.hpp"
#include "storage/memory/room_maker.hpp"
#include "storage/memory/snapshots.hpp"
#include "storage/memory/sweeper.hpp"
#include "storage/memory/upkeep.hpp"
#include "storage/memory/uploads.hpp"

#include <algorithm>
#include <utility>

namespace gantry::storage {

namespace {

class memory_engine final : public storage_engine {
public:
  explicit memory_engine(memory_options options)
    : keeper_{options.steps},
      budget_{std::make_shared<byte_budget>(options.limit)},
      index_{std::make_shared<blob_index>()},
      room_{std::make_shared<room_maker>([this] { sweeper_.make_room(); }, making_room_)},
      uploads_{budget_, index_, std::make_shared<memory_arena>(options.mappings),
               options.inline_threshold, room_},
      blobs_{index_},
      catalog_{std::make_shared<memory_catalog>(budget_, index_, room_, options.now,
                                                std::move(options.quotas))},
      sweeper_{catalog_, keeper_, options.now, options.hold_at_most},
      snapshots_{catalog_, budget_, room_, std::move(options.now)},
      upkeep_{budget_, catalog_, sweeper_, options.workers, options.steps},
      making_room_{std::min<std::size_t>(options.workers, 1), options.steps} {}

  ~memory_engine() override { room_->stop(); }
  memory_engine(const memory_engine&) = delete;
  memory_engine& operator=(const memory_engine&) = delete;

  upload_engine& uploads() override { return uploads_; }
  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return *catalog_; }
  upkeep_engine& upkeep() override { return upkeep_; }
  snapshot_engine* snapshots() noexcept override { return &snapshots_; }

  void set_keeper(lease_keeper* keeper) noexcept override { keeper_.set(keeper); }

private:
  keeper_slot keeper_;
  std::shared_ptr<byte_budget> budget_;
  std::shared_ptr<blob_index> index_;
  std::shared_ptr<room_maker> room_;
  memory_uploads uploads_;
  memory_blobs blobs_;
  std::shared_ptr<memory_catalog> catalog_;
  memory_sweeper sweeper_;
  memory_snapshots snapshots_;
  memory_upkeep upkeep_;
  // Last: writes that wait for room use the others.
  worker_pool making_room_;
};

} // namespace

std::unique_ptr<storage_engine> make_memory_engine(memory_options options) {
  return std::make_unique<memory_engine>(std::move(options));
}

} // namespace gantry::storage
