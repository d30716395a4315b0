// What garbage collections have done since the start, for metrics.
#pragma once

#include "storage/api/upkeep.hpp"

#include <atomic>
#include <cstdint>

namespace gantry {

/// Written by the collector, read by any thread. The members are not one consistent set.
struct collection_totals {
  using number = std::atomic<std::uint64_t>;

  /// Collections that ended without an error.
  number runs{0};
  /// Those that only counted; they count nowhere else.
  number dry_runs{0};
  number errors{0};
  /// Those that waited for leases of the previous process.
  number postpones{0};
  number manifests{0};
  number links{0};
  number blobs{0};
  number uploads{0};
  number orphans{0};
  number bytes{0};
  /// What the last collection kept only because of a lease.
  number leased_links{0};
  number leased_blobs{0};
  /// When the last one ended, in milliseconds since the epoch; 0 before the first.
  number ended{0};

  void add(const gc_report& report, time_point now) noexcept {
    ++runs;
    postpones += report.waits_for_leases ? 1 : 0;
    manifests += report.manifests;
    links += report.links;
    blobs += report.blobs;
    uploads += report.uploads;
    orphans += report.orphans;
    bytes += report.bytes;
    leased_links = report.leased_links;
    leased_blobs = report.leased_blobs;
    ended = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  }
};

} // namespace gantry
