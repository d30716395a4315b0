// Work on all contents of the disk engine.
#pragma once

#include "base/worker_pool.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/disk/store.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry::storage {

/// Any thread. Collections, scrubs and clearings each have a thread of their own, if any: they do
/// not wait for each other.
class disk_upkeep final : public upkeep_engine {
public:
  disk_upkeep(disk_store& store, std::size_t workers);

  void clear(completion<void> done) override;
  void clear_within(const repository_name& top, completion<void> done) override;
  void collect(const gc_policy& policy, progress_callback progress,
               completion<gc_report> done) override;
  void scrub(std::uint64_t bytes_per_second, progress_callback progress,
             completion<scrub_report> done) override;
  result<void> health() const override { return store_.folder.health(); }
  storage_room room() const override;
  void used_bytes(completion<std::uint64_t> done) const override;

private:
  result<void> clear_all();
  result<void> clear_all_within(const repository_name& top);
  std::uint64_t committed_bytes() const;
  /// The rows are gone. Bytes that cannot be removed now are orphans, which a collection finds.
  void remove_blobs();
  void remove_without_rows(std::vector<digest> ids);
  void remove_without_row(const digest& id);
  void remove_uploads();

  disk_store& store_;
  // Last: their work uses the store.
  worker_pool collecting_;
  worker_pool scrubbing_;
  worker_pool clearing_;
};

} // namespace gantry::storage
