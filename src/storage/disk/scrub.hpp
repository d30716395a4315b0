// Reads blobs back while others push and pull, slowly, and takes damaged ones out of the way.
#pragma once

#include "storage/disk/store.hpp"

#include <cstdint>

namespace gantry::storage {

/// See `storage_engine::scrub`. What is damaged goes into quarantine and is logged.
result<scrub_report> scrub_blobs(disk_store& store, std::uint64_t bytes_per_second,
                                 const progress_callback& progress);

} // namespace gantry::storage
