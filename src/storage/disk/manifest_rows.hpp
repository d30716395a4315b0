// Writes the rows of a repository's manifests and tags, inside a transaction.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/history.hpp"
#include "domain/manifest.hpp"
#include "domain/manifest_write.hpp"
#include "domain/removal.hpp"
#include "domain/tag_patterns.hpp"
#include "storage/disk/schema.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::storage {

class change_writer;

/// The id of a row that does not exist.
inline constexpr std::int64_t no_row = -1;

std::int64_t find_repository(sqlite::connection& database, std::string_view name);
std::int64_t make_repository(sqlite::connection& database, std::string_view name);

/// Parses a row of `manifests`. Cannot fail because the manifest was validated when it was pushed.
manifest_ptr make_manifest(std::string_view key, std::string_view type, std::string_view content);

std::int64_t find_manifest_row(sqlite::connection& database, std::int64_t repository,
                               const digest& id);

/// Of the columns digest, media type, content and state; null if the bytes are damaged.
manifest_ptr intact_manifest(const sqlite::rows& row);
/// The manifest of such a row; null if there is none, or its bytes are damaged.
manifest_ptr read_manifest(sqlite::connection& database, std::int64_t row);

/// Whether the bytes of a row in this state match its digest.
bool is_intact(const digest& id, std::string_view content, manifest_state state);
/// Marks the manifest as damaged if its bytes do not match.
void mark_damaged(sqlite::connection& database, std::string_view repository, const digest& id);

/// Adds a manifest that is not there, with its references and referrer entry; returns its row.
/// `now` is in milliseconds.
std::int64_t insert_manifest(sqlite::connection& database, std::int64_t repository,
                             const manifest& value, std::int64_t now);
void point_tag(sqlite::connection& database, std::int64_t repository, std::string_view name,
               std::int64_t manifest_row);
std::vector<std::string> tags_of(sqlite::connection& database, std::int64_t manifest_row);

/// What the history says of a manifest.
struct tag_target {
  digest id;
  std::string media_type;
  std::uint64_t size;
};
/// What a tag points to.
std::optional<tag_target> find_target(sqlite::connection& database, std::int64_t repository,
                                      std::string_view name);

/// Errors: quota_reached (the repository is empty, and there are so many others).
result<void> check_quota(sqlite::connection& database, std::int64_t repository,
                         std::size_t max_repositories);
/// See `repository_store::put_manifest`.
result<missing_references> put_manifest(sqlite::connection& database, std::string_view name,
                                        const manifest_write& write, const tag_patterns& immutable,
                                        std::int64_t now);
/// Errors: tag_immutable (see `manifest_write::immutable_tags`).
result<void> check_tags(sqlite::connection& database, std::int64_t repository,
                        const manifest_write& write);
/// Stores the manifest and points its tags to it, as a part of the change `log`. Returns whether it
/// is new. Errors: tag_immutable (it would replace bytes that an immutable tag needs).
result<bool> store_manifest(sqlite::connection& database, std::int64_t repository,
                            const manifest_write& write, const tag_patterns& immutable,
                            std::int64_t now, change_writer& log);

/// Errors: tag_immutable (an immutable tag points to the manifest `id`, or to a manifest that needs
/// `id` directly or indirectly).
result<void> check_not_needed(sqlite::connection& database, std::int64_t repository,
                              const digest& id, const tag_patterns& immutable);

/// See `repository_store::delete_tag`. The grace period of the tag's manifest starts at `now`.
bool remove_tag(sqlite::connection& database, std::string_view repository, std::string_view name,
                const changer_ptr& by, std::int64_t now);
/// Adds to the history that the manifest and all of its tags are about to be removed; nothing if it
/// does not exist. Returns how many tags these are.
std::size_t record_removal(sqlite::connection& database, std::int64_t repository, const digest& id,
                           change_kind kind, change_writer& log);

/// Removes a manifest with its tags, and what `leaves` says; false if there is nothing to remove.
bool drop_manifest(sqlite::connection& database, std::int64_t repository, const digest& id,
                   remains leaves, std::int64_t now);
/// Restarts the grace period of the manifest that the tag is about to leave.
void make_target_young(sqlite::connection& database, std::int64_t repository, std::string_view name,
                       std::int64_t now);

/// Removes a manifest with its tags, references and referrer entry; false if it does not exist.
/// With `now`, the grace period of manifests that lose their parent or subject starts then.
bool remove_manifest(sqlite::connection& database, std::int64_t repository, const digest& id,
                     std::optional<std::int64_t> now = {});

} // namespace gantry::storage
