// The blobs of the memory engine.
#pragma once

#include "storage/api/blobs.hpp"
#include "storage/memory/blob_index.hpp"

#include <memory>
#include <utility>

namespace gantry::storage {

/// Any thread.
class memory_blobs final : public blob_engine {
public:
  explicit memory_blobs(std::shared_ptr<blob_index> index) : index_{std::move(index)} {}

  /// Precondition: `sink` belongs to this engine.
  void publish(sink_ptr sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override;
  void find(const digest& id, completion<blob_ptr> done) override;

private:
  blob_ptr publish(memory_sink& sink, const digest& id);

  std::shared_ptr<blob_index> index_;
};

} // namespace gantry::storage
