#include "storage/memory/sweeper.hpp"

#include "storage/memory/repository.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

/// Links that are judged under one lock of their repository.
constexpr std::size_t slice = 128;
/// Repositories that are looked up under one lock of the catalog.
constexpr std::size_t batch = 256;
/// Links that are judged for a write that finds the budget used up.
constexpr std::size_t links_for_room = 4096;

/// Releases a blob and its link, if there is one, and counts the blob if it has no other holder.
void release(std::shared_ptr<const memory_blob> held, blob_link dropped, gc_report& report) {
  const auto size = held->size();
  const std::weak_ptr<const memory_blob> watched{held};
  held.reset();
  dropped = blob_link{};
  if (!watched.expired())
    return;
  ++report.blobs;
  report.bytes += size;
}

/// Sweeps up to `most` links of one repository. Returns how many were judged.
std::size_t sweep(memory_repository& store, time_point now, std::size_t most,
                  const gc_policy& policy, push_holds holds, gc_report& report) {
  std::size_t seen = 0;
  for (const auto left = std::min(most, store.loose_links()); seen < left;) {
    auto swept = store.sweep(now, std::min(slice, left - seen), policy, holds);
    if (swept.seen == 0)
      break; // the engine is going down
    seen += swept.seen;
    report.links += swept.counted;
    for (auto& link : swept.taken) {
      auto target = link.target();
      release(std::move(target), std::move(link), report);
    }
  }
  return seen;
}

} // namespace

gc_report memory_sweeper::collect(const gc_policy& policy, const progress_callback& progress) {
  gc_report report;
  const auto now = now_();
  std::string last;
  std::uint64_t done = 0;
  for (auto stores = catalog_->stores_behind(last, batch); !stores.empty();
       stores = catalog_->stores_behind(last, batch)) {
    for (const auto& store : stores)
      sweep(*store, now, std::numeric_limits<std::size_t>::max(), policy, push_holds::heed, report);
    last = stores.back()->name().to_string();
    done += stores.size();
    if (progress && !progress(done, std::max<std::uint64_t>(done, catalog_->store_count())))
      return report;
  }
  if (policy.dry_run)
    return report;
  for (auto ended = index_->drop_expired(slice); !ended.empty();
       ended = index_->drop_expired(slice))
    for (auto& each : std::exchange(ended, {}))
      release(std::move(each), {}, report);
  return report;
}

void memory_sweeper::make_room() {
  gc_report ignored;
  const auto now = now_();
  index_->drop_expired(slice);
  std::string last;
  {
    const lock_guard lock{mutex_};
    last = last_;
  }
  auto stores = catalog_->stores_behind(last, batch);
  if (stores.empty())
    stores = catalog_->stores_behind({}, batch);
  std::size_t left = links_for_room;
  std::string reached;
  for (const auto& store : stores) {
    if (left == 0)
      break;
    left -= std::min(left, sweep(*store, now, left, {}, push_holds::pass_over, ignored));
    reached = store->name().to_string();
  }
  const lock_guard lock{mutex_};
  last_ = std::move(reached);
}

} // namespace gantry::storage
