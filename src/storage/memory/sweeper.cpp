#include "storage/memory/sweeper.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace gantry::storage {

namespace {

/// Links that are judged at a time.
constexpr std::size_t slice = 128;
/// Repositories that are looked up under one lock of the catalog.
constexpr std::size_t batch = 256;
/// Links that are judged for writes that find the budget used up.
constexpr std::size_t links_for_room = 4096;

/// Drops a link, counts the blob if it has no other holder, and says whether it has no other link.
bool drop(blob_link dropped, gc_report& report) {
  auto held = dropped.target();
  const auto size = held->size();
  const std::weak_ptr<const memory_blob> watched{held};
  dropped = blob_link{};
  const bool is_gone = !held->is_linked();
  held.reset();
  if (watched.expired()) {
    ++report.blobs;
    report.bytes += size;
  }
  return is_gone;
}

} // namespace

std::size_t memory_sweeper::sweep(memory_repository& store, std::size_t most,
                                  const sweep_rules& rules, leased_digests leased,
                                  gc_report& report) {
  std::size_t seen = 0;
  for (const auto left = std::min(most, store.loose_links()); seen < left;) {
    auto wanted = store.next_loose_links(std::min(slice, left - seen));
    if (wanted.empty())
      break;
    seen += wanted.size();
    auto held = keeper_.reserve(std::move(wanted), leased);
    auto swept = store.sweep(held, rules);
    report.links += swept.counted;
    for (auto& link : swept.taken) {
      const digest id = link.target()->id();
      if (drop(std::move(link), report))
        held.note_gone(id);
    }
  }
  return seen;
}

void memory_sweeper::forget_removed(const gc_policy& policy, time_point now, gc_report& report) {
  struct candidate {
    std::shared_ptr<memory_repository> store;
    held_manifest held;
  };
  std::vector<candidate> all;
  std::string last;
  for (auto stores = catalog_->stores_behind(last, batch); !stores.empty();
       stores = catalog_->stores_behind(last, batch)) {
    for (const auto& store : stores)
      for (auto& each : store->held())
        all.push_back({store, std::move(each)});
    last = stores.back()->name().to_string();
  }
  std::ranges::sort(all, std::ranges::greater{},
                    [](const candidate& each) { return each.held.removed; });
  for (const auto& [store, held] : all) {
    if ((!policy.undo_window || held.removed + *policy.undo_window > now) &&
        (!policy.undo_space || report.kept_bytes + held.bytes <= *policy.undo_space)) {
      ++report.kept;
      report.kept_bytes += held.bytes;
      continue;
    }
    ++report.forgotten;
    if (!policy.dry_run)
      store->forget_removed({held.id});
  }
}

gc_report memory_sweeper::collect(const gc_policy& policy, const progress_callback& progress) {
  gc_report report;
  sweep_rules rules{.now = now_(), .dry_run = policy.dry_run};
  if (!policy.ignore_leases)
    rules.hold_at_most = hold_at_most_;
  const auto leased = policy.ignore_leases ? leased_digests::may_go : leased_digests::stay;
  forget_removed(policy, rules.now, report);
  std::string last;
  std::uint64_t done = 0;
  for (auto stores = catalog_->stores_behind(last, batch); !stores.empty();
       stores = catalog_->stores_behind(last, batch)) {
    for (const auto& store : stores) {
      sweep(*store, std::numeric_limits<std::size_t>::max(), rules, leased, report);
      if (!policy.dry_run)
        report.history += store->prune_history(policy.history, rules.now);
    }
    last = stores.back()->name().to_string();
    done += stores.size();
    if (progress && !progress(done, std::max<std::uint64_t>(done, catalog_->store_count())))
      return report;
  }
  return report;
}

void memory_sweeper::make_room() {
  gc_report ignored;
  const sweep_rules rules{.now = now_()};
  auto stores = catalog_->stores_behind(last_, batch);
  if (stores.empty())
    stores = catalog_->stores_behind({}, batch);
  std::size_t left = links_for_room;
  last_.clear();
  for (const auto& store : stores) {
    if (left == 0)
      break;
    left -= std::min(left, sweep(*store, left, rules, leased_digests::stay, ignored));
    store->shorten_history();
    last_ = store->name().to_string();
  }
}

} // namespace gantry::storage
