// Removes some repositories from the folder, with all that they hold.
#pragma once

#include "domain/repository_name.hpp"
#include "storage/disk/store.hpp"

#include <cstdint>

namespace gantry::storage {

/// Removes the repository with all that it holds, and its history. `repository` is its row.
void remove_rows(sqlite::connection& database, std::int64_t repository);
/// Removes the rows of the repositories within `top`; blobs that lose their last link are left to
/// garbage collection. Runs in one transaction.
void remove_rows_within(sqlite::connection& database, const repository_name& top);

/// Removes the saved uploads to those repositories that no sink has open.
void remove_uploads_within(disk_store& store, const repository_name& top);

} // namespace gantry::storage
