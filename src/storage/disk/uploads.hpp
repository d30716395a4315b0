// The uploads of the disk engine.
#pragma once

#include "storage/api/uploads.hpp"
#include "storage/disk/store.hpp"

#include <cstddef>

namespace gantry::storage {

/// Any thread.
class disk_uploads final : public upload_engine {
public:
  explicit disk_uploads(disk_store& store) : store_{store} {}

  void open_sink(const upload_id& id, completion<sink_ptr> done) override;
  void claim_upload(const upload_id& id, completion<resumed_upload> done) override;
  std::size_t saved_uploads() const override { return store_.uploads->left; }
  void forget_upload(const upload_id& id) noexcept override { store_.uploads->forget(id); }

private:
  disk_store& store_;
};

} // namespace gantry::storage
