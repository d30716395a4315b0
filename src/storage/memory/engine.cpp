#include "storage/memory/engine.hpp"

#include "domain/byte_budget.hpp"
#include "storage/memory/blob_index.hpp"
#include "storage/memory/blobs.hpp"
#include "storage/memory/catalog.hpp"

#include <algorithm>
#include <utility>

namespace gantry::storage {

namespace {

class memory_engine final : public storage_engine {
public:
  explicit memory_engine(memory_options options)
    : budget_{std::make_shared<byte_budget>(options.limit)},
      index_{std::make_shared<blob_index>(std::move(options.now))},
      blobs_{budget_, index_, options.inline_threshold},
      catalog_{std::make_shared<memory_catalog>(budget_, index_)} {
    budget_->on_pressure([weak = std::weak_ptr{index_}] {
      if (const auto index = weak.lock())
        index->drop_expired();
    });
  }

  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return *catalog_; }

  void clear() override {
    catalog_->clear();
    index_->clear();
  }

  result<void> health() const override { return {}; }

  std::uint64_t used_bytes() const override { return budget_->used(); }

  /// Everything but leases goes by itself.
  result<collection_report> collect(const collection_policy& policy,
                                    const progress_callback&) override {
    const auto before = budget_->used();
    if (!policy.dry_run)
      index_->drop_expired();
    collection_report report;
    report.bytes = before - std::min(before, budget_->used());
    return report;
  }

  result<scrub_report> scrub(std::uint64_t, const progress_callback&) override {
    return scrub_report{};
  }

private:
  std::shared_ptr<byte_budget> budget_;
  std::shared_ptr<blob_index> index_;
  memory_blobs blobs_;
  std::shared_ptr<memory_catalog> catalog_;
};

} // namespace

std::unique_ptr<storage_engine> make_memory_engine(memory_options options) {
  return std::make_unique<memory_engine>(std::move(options));
}

} // namespace gantry::storage
