// The uploads of the memory engine.
#pragma once

#include "base/byte_budget.hpp"
#include "storage/api/uploads.hpp"
#include "storage/memory/blob_index.hpp"

#include <cstddef>
#include <memory>

namespace gantry::storage {

/// Any thread. Nothing outlives the process, so nothing is saved.
class memory_uploads final : public upload_engine {
public:
  memory_uploads(std::shared_ptr<byte_budget> budget, std::shared_ptr<blob_index> index,
                 std::shared_ptr<memory_arena> arena, std::size_t inline_threshold,
                 std::weak_ptr<room_maker> room);

  void open_sink(const upload_id& id, completion<sink_ptr> done) override;
  void claim_upload(const upload_id& id, completion<resumed_upload> done) override {
    done(fail(errc::upload_unknown, id.to_string()));
  }
  std::size_t saved_uploads() const override { return 0; }
  void forget_upload(const upload_id&) noexcept override {}

private:
  result<sink_ptr> open();

  std::shared_ptr<byte_budget> budget_;
  std::shared_ptr<blob_index> index_;
  std::shared_ptr<memory_arena> arena_;
  std::size_t inline_threshold_;
  std::weak_ptr<room_maker> room_;
};

} // namespace gantry::storage
