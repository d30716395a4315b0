#include "storage/disk/schema.hpp"

#include "storage/sqlite/connection.hpp"

#include <array>
#include <chrono>
#include <stdexcept>

namespace gantry::storage {

namespace {

/// "GTRY": marks our databases.
constexpr std::int64_t application_id = 0x47545259;

// Digests are `digest::to_binary`; times are milliseconds since 1970. Never edit a released line,
// because existing folders would not change: add a step to `steps` instead.
constexpr const char* version_1 = R"sql(
CREATE TABLE totals (
  bytes INTEGER NOT NULL          -- of blobs that are not being purged, and of manifests
) STRICT;
INSERT INTO totals VALUES (0);

CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  manifests INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX catalog ON repositories (name) WHERE manifests > 0;

CREATE TABLE blobs (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  state INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  purge_after INTEGER NOT NULL DEFAULT 0,
  inline INTEGER NOT NULL         -- 1: the bytes are in blob_contents, 0: in a file
) STRICT;
-- Used by queries that say `state <> 0` themselves.
CREATE INDEX doomed ON blobs (state, purge_after) WHERE state <> 0;

CREATE TABLE blob_contents (
  blob_id INTEGER PRIMARY KEY,
  content BLOB NOT NULL
) STRICT;

CREATE TABLE links (
  repository_id INTEGER NOT NULL,
  blob_id INTEGER NOT NULL,
  PRIMARY KEY (repository_id, blob_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX linked ON links (blob_id);

CREATE TABLE manifests (
  id INTEGER PRIMARY KEY,
  repository_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  media_type TEXT NOT NULL,
  subject BLOB,
  created INTEGER NOT NULL,
  content BLOB NOT NULL,
  UNIQUE (repository_id, digest)
) STRICT;

-- Every blob and manifest that a manifest names, present or not.
CREATE TABLE manifest_references (
  repository_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  manifest_id INTEGER NOT NULL,
  PRIMARY KEY (repository_id, digest, manifest_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  repository_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  manifest_id INTEGER NOT NULL,
  PRIMARY KEY (repository_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tagged ON tags (manifest_id);

CREATE TABLE referrers (
  repository_id INTEGER NOT NULL,
  subject BLOB NOT NULL,
  digest BLOB NOT NULL,
  artifact_type TEXT NOT NULL,
  entry TEXT NOT NULL,            -- the descriptor as JSON
  PRIMARY KEY (repository_id, subject, digest)
) STRICT, WITHOUT ROWID;
)sql";

// A separate table: a column after `manifests.content` could only be reached through all pages of
// the content, and changing it would rewrite them.
constexpr const char* version_2 = R"sql(
CREATE TABLE manifest_states (
  manifest_id INTEGER PRIMARY KEY,
  young_since INTEGER NOT NULL,   -- pushed, or lost a tag or an index that names it
  state INTEGER NOT NULL
) STRICT;
INSERT INTO manifest_states SELECT id, 0, 0 FROM manifests;

-- Subjects that were deleted while manifests referred to them.
CREATE TABLE lost_subjects (
  repository_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  lost INTEGER NOT NULL,
  PRIMARY KEY (repository_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX referrers_by_type ON referrers (repository_id, subject, artifact_type, digest);
)sql";

// Numbers are never given again: the row with the last one is emptied instead of deleted. Version 2
// did not record when tags got their manifests: at the earliest when these were pushed.
constexpr const char* version_3 = R"sql(
CREATE TABLE history (
  sequence INTEGER PRIMARY KEY,
  repository_id INTEGER NOT NULL,
  tag TEXT NOT NULL,              -- empty: the manifest itself
  at INTEGER NOT NULL,            -- microseconds since 1970; later in later rows of a tag
  kind INTEGER NOT NULL,
  digest_before BLOB NOT NULL,    -- empty: none
  digest_after BLOB NOT NULL,
  size INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  user TEXT NOT NULL,
  token TEXT NOT NULL,
  address TEXT NOT NULL,
  change INTEGER NOT NULL         -- the first row of the same change; 0: this one
) STRICT;
CREATE INDEX history_of_tag ON history (repository_id, tag, at);
CREATE INDEX history_of_change ON history (change) WHERE change <> 0;
INSERT INTO history (repository_id, tag, at, kind, digest_before, digest_after, size, media_type,
                     user, token, address, change)
  SELECT tags.repository_id, tags.name, manifests.created * 1000, 0, x'', manifests.digest,
         LENGTH(manifests.content), manifests.media_type, '', '', '', 0
  FROM tags JOIN manifests ON manifests.id = tags.manifest_id ORDER BY manifests.created;

-- Manifests that were deleted and can be brought back. Their rows in manifest_references stay, with
-- the negative number of the row here.
CREATE TABLE kept_manifests (
  id INTEGER PRIMARY KEY,         -- in the order of the deletions
  repository_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  media_type TEXT NOT NULL,
  state INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  content BLOB NOT NULL,
  UNIQUE (repository_id, digest)
) STRICT;
)sql";

/// Step n upgrades version n to n + 1.
constexpr std::array<const char*, schema_version> steps{version_1, version_2, version_3};

void migrate(sqlite::connection& database, std::int64_t from, std::int64_t now) {
  database.execute("BEGIN EXCLUSIVE");
  for (auto step = from; step < schema_version; ++step)
    database.execute(steps[static_cast<std::size_t>(step)]);
  // Version 1 did not record when manifests lost their tags.
  database.run("UPDATE manifest_states SET young_since = ?1 WHERE young_since = 0", now);
  database.execute(("PRAGMA application_id=" + std::to_string(application_id)).c_str());
  database.execute(("PRAGMA user_version=" + std::to_string(schema_version)).c_str());
  database.execute("COMMIT");
}

/// SQLite keeps the mode that it has if it cannot set another one, without an error.
void use_log(sqlite::connection& database) {
  auto mode = database.query("PRAGMA journal_mode=WAL");
  if (!mode.next() || mode.text(0) != "wal")
    throw sqlite::failure{0, 0, "it cannot have a write-ahead log here"};
}

} // namespace

std::int64_t to_milliseconds(time_point when) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

time_point from_milliseconds(std::int64_t when) noexcept {
  return time_point{std::chrono::milliseconds{when}};
}

void prepare_database(const sqlite::location& place, std::int64_t now) {
  const auto& path = place.path;
  try {
    sqlite::connection database{place, sqlite::connection::mode::create};
    database.execute("PRAGMA synchronous=FULL");
    const auto owner = database.number("PRAGMA application_id", 0);
    const auto version = database.number("PRAGMA user_version", 0);
    const auto tables = database.number("SELECT COUNT(*) FROM sqlite_schema", 0);
    if (owner != application_id && (owner != 0 || version != 0 || tables != 0))
      throw std::runtime_error{path + " was created by another program: choose another folder"};
    if (version > schema_version)
      throw std::runtime_error{path + " has version " + std::to_string(version) +
                               " and this program knows " + std::to_string(schema_version) +
                               ": use the gantry that wrote it, or a newer one"};
    use_log(database);
    if (version < schema_version)
      migrate(database, version, now);
  } catch (const sqlite::failure& failed) {
    throw std::runtime_error{path + (failed.is_damaged() ? " is damaged: " : " cannot be used: ") +
                             failed.what() +
                             (failed.is_damaged() ? "; restore it from a backup" : "")};
  }
}

} // namespace gantry::storage
