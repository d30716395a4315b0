// Snapshots of the memory engine.
#pragma once

#include "base/byte_budget.hpp"
#include "base/mutex.hpp"
#include "domain/error.hpp"
#include "domain/time_point.hpp"
#include "storage/api/snapshots.hpp"
#include "storage/memory/catalog.hpp"
#include "storage/memory/room_maker.hpp"
#include "storage/memory/saved_repository.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace gantry::storage {

/// Any thread. The contents of a snapshot never change, so a restore needs no lock while it reads
/// them.
class memory_snapshots final : public snapshot_engine {
public:
  memory_snapshots(std::shared_ptr<memory_catalog> catalog, std::shared_ptr<byte_budget> budget,
                   std::weak_ptr<room_maker> room, std::function<time_point()> now)
    : catalog_{std::move(catalog)},
      budget_{std::move(budget)},
      room_{std::move(room)},
      now_{std::move(now)} {}

  void take(completion<snapshot> done) override {
    with_room(room_, std::move(done), [this] { return take(); });
  }
  std::vector<snapshot> list() const override;
  bool contains(std::uint64_t id) const override;
  void restore(std::uint64_t id, completion<void> done) override { done(restore(id)); }
  void remove(std::uint64_t id, completion<void> done) override { done(remove(id)); }

private:
  result<snapshot> take();
  result<void> restore(std::uint64_t id);
  result<void> remove(std::uint64_t id);

  struct saved_contents {
    std::vector<saved_repository> repositories;
    /// The price of all but the blobs, which have claims of their own.
    byte_claim claim;
  };
  struct entry {
    snapshot facts;
    std::shared_ptr<const saved_contents> contents;
  };

  std::shared_ptr<memory_catalog> catalog_;
  std::shared_ptr<byte_budget> budget_;
  std::weak_ptr<room_maker> room_;
  std::function<time_point()> now_;
  mutable mutex mutex_;
  std::uint64_t last_ GANTRY_GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, entry> entries_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
