// Rereads blobs slowly while clients push and pull, and quarantines damaged ones.
#pragma once

#include "storage/disk/store.hpp"

#include <cstdint>

namespace gantry::storage {

/// See `storage_engine::scrub`. Damaged blobs are quarantined and logged.
result<scrub_report> scrub_blobs(disk_store& store, std::uint64_t bytes_per_second,
                                 const progress_callback& progress);

} // namespace gantry::storage
