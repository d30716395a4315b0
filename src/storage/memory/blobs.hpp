// The blob half of the memory engine.
#pragma once

#include "base/byte_budget.hpp"
#include "domain/storage.hpp"
#include "storage/memory/blob_index.hpp"

#include <cstddef>
#include <memory>

namespace gantry::storage {

/// Any thread, also with the same digest.
class memory_blobs final : public blob_engine {
public:
  memory_blobs(std::shared_ptr<byte_budget> budget, std::shared_ptr<blob_index> index,
               std::shared_ptr<memory_arena> arena, std::size_t inline_threshold);

  result<std::unique_ptr<blob_sink>> open_sink(const upload_id& id) override;
  /// Always fails: nothing outlives the process.
  result<resumed_upload> claim_upload(const upload_id& id) override;
  std::size_t saved_uploads() const override { return 0; }
  void forget_upload(const upload_id&) noexcept override {}
  /// Precondition: `sink` belongs to this engine.
  void publish(std::unique_ptr<blob_sink> sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override;
  result<blob_ptr> find(const digest& id) override;
  result<void> renew_lease(const digest& id, time_point lease_until) override;

private:
  result<blob_ptr> publish(memory_sink& sink, const digest& id, time_point lease_until);

  std::shared_ptr<byte_budget> budget_;
  std::shared_ptr<blob_index> index_;
  std::shared_ptr<memory_arena> arena_;
  std::size_t inline_threshold_;
};

} // namespace gantry::storage
