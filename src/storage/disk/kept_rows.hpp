// The rows of `kept_manifests`: manifests that were deleted and can be brought back. Their
// references stay, with the negative number of the kept row, and so do the links that they need.
#pragma once

#include "domain/digest.hpp"
#include "domain/manifest.hpp"
#include "domain/paging.hpp"
#include "storage/api/metadata.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace gantry::storage {

/// A deleted manifest that is kept.
struct kept_row {
  std::int64_t id = 0;
  manifest_ptr value;
  /// When it was deleted, in milliseconds.
  std::int64_t removed = 0;
};

/// The number of the row; `no_row` if the manifest is not kept.
std::int64_t find_kept(sqlite::connection& database, std::int64_t repository, const digest& id);
/// The manifest of such a row; null if the bytes are damaged.
manifest_ptr read_kept(sqlite::connection& database, std::int64_t row);

/// Copies the manifest of the row `from` of `manifests`, and takes its references over.
void keep_manifest(sqlite::connection& database, std::int64_t repository, std::int64_t from,
                   const manifest& value, std::int64_t now);
/// With its references. The links that only it needed are now garbage.
void forget_kept(sqlite::connection& database, std::int64_t row);
/// Those that need the blob or manifest `id` can no longer be brought back.
void forget_kept_needing(sqlite::connection& database, std::int64_t repository, const digest& id);

/// See `repository_store::list_removed`.
page<removed_manifest> list_kept(sqlite::connection& database, std::string_view repository,
                                 const page_request& request);
/// The next `most` rows, the last deleted first, behind the row `last`; 0: from the beginning.
std::vector<kept_row> kept_behind(sqlite::connection& database, std::int64_t last,
                                  std::int64_t most);
/// Bytes of the blob, if no manifest that can be pulled needs it from a repository that links it.
std::uint64_t bytes_only_kept(sqlite::connection& database, const digest& id);

} // namespace gantry::storage
