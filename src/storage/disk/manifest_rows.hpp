// Writes the rows of a repository's manifests and tags, inside a transaction.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/history.hpp"
#include "domain/manifest.hpp"
#include "domain/manifest_write.hpp"
#include "domain/tag_patterns.hpp"
#include "storage/disk/schema.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry::storage {

/// The id of a row that does not exist.
inline constexpr std::int64_t no_row = -1;

std::int64_t find_repository(sqlite::connection& database, std::string_view name);
std::int64_t make_repository(sqlite::connection& database, std::string_view name);

/// Parses a row of `manifests`. Cannot fail because the manifest was validated when it was pushed.
manifest_ptr make_manifest(std::string_view key, std::string_view type, std::string_view content);

std::int64_t find_manifest_row(sqlite::connection& database, std::int64_t repository,
                               const digest& id);

/// Whether the bytes of a row in this state match its digest.
bool is_intact(const digest& id, std::string_view content, manifest_state state);
/// Marks the manifest as damaged if its bytes do not match.
void mark_damaged(sqlite::connection& database, std::string_view repository, const digest& id);

/// See `repository_store::put_manifest`. `now` is in milliseconds.
result<missing_references> put_manifest(sqlite::connection& database, std::string_view name,
                                        const manifest_write& write, const tag_patterns& immutable,
                                        std::int64_t now);

/// Errors: tag_immutable (an immutable tag points to the manifest `id`, or to a manifest that needs
/// `id` directly or indirectly).
result<void> check_not_needed(sqlite::connection& database, std::int64_t repository,
                              const digest& id, const tag_patterns& immutable);

/// See `repository_store::delete_tag`. The grace period of the tag's manifest starts at `now`.
bool remove_tag(sqlite::connection& database, std::string_view repository, std::string_view name,
                const changer_ptr& by, std::int64_t now);
/// Adds to the history that the manifest and all of its tags are about to be removed; nothing if it
/// does not exist.
void record_removal(sqlite::connection& database, std::int64_t repository, const digest& id,
                    change_kind kind, const changer_ptr& by, std::int64_t now);

/// Removes a manifest with its tags, references and referrer entry; false if it does not exist.
/// With `now`, the grace period of manifests that lose their parent or subject starts then.
bool remove_manifest(sqlite::connection& database, std::int64_t repository, const digest& id,
                     std::optional<std::int64_t> now = {});

} // namespace gantry::storage
