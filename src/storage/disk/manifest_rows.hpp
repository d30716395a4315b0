// The rows of a repository's manifests and tags: what a write changes, inside a transaction.
#pragma once

#include "domain/storage.hpp"
#include "storage/disk/schema.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry::storage {

/// The number of a row that is not there.
inline constexpr std::int64_t no_row = -1;

std::int64_t find_repository(sqlite::connection& database, std::string_view name);
std::int64_t make_repository(sqlite::connection& database, std::string_view name);

/// What a row of `manifests` holds; never fails, for it was looked at when it came.
manifest_ptr make_manifest(std::string_view key, std::string_view type, std::string_view content);

std::int64_t find_manifest_row(sqlite::connection& database, std::int64_t repository,
                               const digest& id);

/// Whether the bytes of a row in this state are those that its digest names.
bool is_intact(const digest& id, std::string_view content, manifest_state state);
/// Marks the manifest as damaged, if it is.
void mark_damaged(sqlite::connection& database, std::string_view repository, const digest& id);

/// See `repository_store::put_manifest`. `now` is in milliseconds.
result<missing_references> put_manifest(sqlite::connection& database, std::string_view name,
                                        const manifest_write& write, const tag_patterns& immutable,
                                        std::int64_t now);

/// Errors: tag_immutable (an immutable tag points to the manifest `id`, or to one that needs the
/// manifest or blob `id`, be it by others).
result<void> check_not_needed(sqlite::connection& database, std::int64_t repository,
                              const digest& id, const tag_patterns& immutable);

/// See `repository_store::delete_tag`: the manifest that it points to is young again at `now`.
bool remove_tag(sqlite::connection& database, std::string_view repository, std::string_view name,
                std::int64_t now);

/// Removes a manifest with its tags, references and place among the referrers; false where it is
/// not there. With `now`, what loses its parent or subject by that is young again.
bool remove_manifest(sqlite::connection& database, std::int64_t repository, const digest& id,
                     std::optional<std::int64_t> now = {});

} // namespace gantry::storage
