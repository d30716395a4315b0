// A storage engine around another one that counts the bytes which uploads bring. The worked example
// of docs/extending.md.
#pragma once

#include "domain/storage.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace gantry::storage {

// [snippet counting-blobs]
/// Bytes that sinks have taken; outlives the engine as long as a sink does.
using byte_counter = std::shared_ptr<std::atomic<std::uint64_t>>;

/// As many threads as `inner` allows.
class counting_blobs final : public blob_engine {
public:
  counting_blobs(blob_engine& inner, byte_counter written);

  result<std::unique_ptr<blob_sink>> open_sink(const upload_id& id) override;
  result<resumed_upload> claim_upload(const upload_id& id) override;
  std::size_t saved_uploads() const override { return inner_.saved_uploads(); }
  void forget_upload(const upload_id& id) noexcept override { inner_.forget_upload(id); }
  /// Precondition: `sink` is one of `open_sink`.
  void publish(std::unique_ptr<blob_sink> sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override;
  result<blob_ptr> find(const digest& id) override { return inner_.find(id); }
  result<void> renew_lease(const digest& id, time_point lease_until) override {
    return inner_.renew_lease(id, lease_until);
  }

private:
  blob_engine& inner_;
  byte_counter written_;
};
// [/snippet]

// [snippet counting-engine]
class counting_engine final : public storage_engine {
public:
  explicit counting_engine(std::unique_ptr<storage_engine> inner);

  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return inner_->metadata(); }
  void clear() override { inner_->clear(); }
  void clear_within(const repository_name& top) override { inner_->clear_within(top); }
  snapshot_engine* snapshots() noexcept override { return inner_->snapshots(); }
  result<void> health() const override { return inner_->health(); }
  std::uint64_t used_bytes() const override { return inner_->used_bytes(); }
  result<gc_report> collect(const gc_policy& policy, const progress_callback& progress) override {
    return inner_->collect(policy, progress);
  }
  result<scrub_report> scrub(std::uint64_t bytes_per_second,
                             const progress_callback& progress) override {
    return inner_->scrub(bytes_per_second, progress);
  }

  /// Bytes that uploads have brought since the engine was made; any thread.
  std::uint64_t written_bytes() const noexcept { return *written_; }

private:
  std::unique_ptr<storage_engine> inner_;
  byte_counter written_;
  counting_blobs blobs_;
};
// [/snippet]

} // namespace gantry::storage
