// A storage engine around another one that counts the bytes which uploads bring. The worked example
// of docs/extending.md.
#pragma once

#include "storage/api/engine.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace gantry::storage {

// [snippet counting-uploads]
/// Bytes that sinks have taken; outlives the engine as long as a sink does.
using byte_counter = std::shared_ptr<std::atomic<std::uint64_t>>;

/// Any thread.
class counting_uploads final : public upload_engine {
public:
  counting_uploads(upload_engine& inner, byte_counter written);

  void open_sink(const upload_id& id, completion<sink_ptr> done) override;
  void claim_upload(const upload_id& id, completion<resumed_upload> done) override;
  std::size_t saved_uploads() const override { return inner_.saved_uploads(); }
  void forget_upload(const upload_id& id) noexcept override { inner_.forget_upload(id); }

private:
  upload_engine& inner_;
  byte_counter written_;
};

/// As many threads as `inner` allows.
class counting_blobs final : public blob_engine {
public:
  explicit counting_blobs(blob_engine& inner) : inner_{inner} {}

  /// Precondition: `sink` is one of `counting_uploads`.
  void publish(sink_ptr sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override;
  void find(const digest& id, completion<blob_ptr> done) override {
    inner_.find(id, std::move(done));
  }
  void settle(const blob_ptr& published, completion<void> done) override {
    inner_.settle(published, std::move(done));
  }

private:
  blob_engine& inner_;
};
// [/snippet]

// [snippet counting-engine]
class counting_engine final : public storage_engine {
public:
  explicit counting_engine(std::unique_ptr<storage_engine> inner);

  upload_engine& uploads() override { return uploads_; }
  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return inner_->metadata(); }
  upkeep_engine& upkeep() override { return inner_->upkeep(); }
  snapshot_engine* snapshots() noexcept override { return inner_->snapshots(); }
  ownership owner() const noexcept override { return inner_->owner(); }
  void set_keeper(lease_keeper* keeper) noexcept override { inner_->set_keeper(keeper); }

  /// Bytes that uploads have brought since the engine was made; any thread.
  std::uint64_t written_bytes() const noexcept { return *written_; }

private:
  std::unique_ptr<storage_engine> inner_;
  byte_counter written_;
  counting_uploads uploads_;
  counting_blobs blobs_;
};
// [/snippet]

} // namespace gantry::storage
