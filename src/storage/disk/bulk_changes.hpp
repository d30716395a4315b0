// Changes of many manifests of a repository at once, inside a transaction.
#pragma once

#include "domain/error.hpp"
#include "domain/manifest_copy.hpp"
#include "domain/removal.hpp"
#include "domain/tag_patterns.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <string_view>

namespace gantry::storage {

// After an error, the transaction must be rolled back. `now` is in milliseconds.

/// See `repository_store::copy_manifests`.
result<change_summary> copy_manifests(sqlite::connection& database, std::string_view name,
                                      const manifest_copy& copy, const tag_patterns& immutable,
                                      std::int64_t now);
/// See `repository_store::delete_manifests`.
result<change_summary> delete_manifests(sqlite::connection& database, std::string_view name,
                                        const removal& how, const tag_patterns& immutable,
                                        std::int64_t now);
/// See `metadata_engine::rename`.
result<void> rename_repository(sqlite::connection& database, std::string_view from,
                               std::string_view to, const tag_patterns& immutable);

} // namespace gantry::storage
