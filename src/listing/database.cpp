#include "listing/database.hpp"

#include "telemetry/log.hpp"

#include <array>
#include <filesystem>
#include <system_error>

namespace gantry::listing {

namespace {

using storage::sqlite::connection;
using storage::sqlite::failure;

/// Another number makes older files anew; the table of pulls stays as it is.
constexpr std::int64_t version = 1;

// Digests are `digest::to_binary`; times are microseconds since 1970, 0 for never.
constexpr const char* lasting_tables = R"sql(
CREATE TABLE IF NOT EXISTS pulls (
  repository TEXT NOT NULL,
  reference BLOB NOT NULL,        -- a tag, or a digest; empty: those that are gone
  pulls INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (repository, reference)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* content_tables = R"sql(
CREATE TABLE position (
  id INTEGER PRIMARY KEY,
  is_built INTEGER NOT NULL,
  number INTEGER NOT NULL,        -- of the log's last entry that was followed
  at INTEGER NOT NULL             -- its time
) STRICT;
INSERT INTO position VALUES (1, 0, 0, 0);

CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  tags INTEGER NOT NULL DEFAULT 0,
  manifests INTEGER NOT NULL DEFAULT 0,
  own_bytes INTEGER NOT NULL DEFAULT 0,
  shared_bytes INTEGER NOT NULL DEFAULT 0,
  pushed INTEGER NOT NULL DEFAULT 0,
  pulled INTEGER NOT NULL DEFAULT 0,
  pulls INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE manifests (
  id INTEGER PRIMARY KEY,
  repository_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  media_type TEXT NOT NULL,
  artifact_type TEXT NOT NULL,
  bytes INTEGER NOT NULL,         -- of the manifest
  content_bytes INTEGER NOT NULL, -- of the manifest and its blobs
  size INTEGER NOT NULL,          -- and of its children
  platform TEXT NOT NULL,         -- of its config
  platforms TEXT NOT NULL,        -- and of its children: sorted, with commas
  subject BLOB NOT NULL,          -- empty: none
  UNIQUE (repository_id, digest)
) STRICT;
CREATE INDEX manifests_by_digest ON manifests (digest);
CREATE INDEX manifests_by_type ON manifests (artifact_type) WHERE artifact_type <> '';

CREATE TABLE children (
  repository_id INTEGER NOT NULL,
  digest BLOB NOT NULL,           -- of the child, present or not
  parent INTEGER NOT NULL,
  platform TEXT NOT NULL,         -- as the parent says it; empty: it does not
  PRIMARY KEY (repository_id, digest, parent)
) STRICT, WITHOUT ROWID;
CREATE INDEX children_of ON children (parent);

CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  repository_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  digest BLOB NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  platforms TEXT NOT NULL,
  pushed INTEGER NOT NULL,
  pushed_by TEXT NOT NULL,
  pulled INTEGER NOT NULL,
  pulls INTEGER NOT NULL,
  referrers INTEGER NOT NULL,
  UNIQUE (repository_id, name)
) STRICT;
CREATE INDEX tags_of ON tags (repository_id, digest, name);
CREATE INDEX tags_by_pushed ON tags (repository_id, pushed, name);

CREATE TABLE referrers (
  repository_id INTEGER NOT NULL,
  subject BLOB NOT NULL,
  artifact_type TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (repository_id, subject, artifact_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  repositories INTEGER NOT NULL   -- in how many it is named
) STRICT;

CREATE TABLE blob_uses (
  blob_id INTEGER NOT NULL,
  repository_id INTEGER NOT NULL,
  manifests INTEGER NOT NULL,     -- how many name it
  PRIMARY KEY (blob_id, repository_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE manifest_blobs (
  manifest_id INTEGER NOT NULL,
  blob_id INTEGER NOT NULL,
  PRIMARY KEY (manifest_id, blob_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX manifests_with_blob ON manifest_blobs (blob_id, manifest_id);

CREATE TABLE facts (
  manifest_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (manifest_id, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX facts_by_key ON facts (kind, key, manifest_id);
CREATE INDEX facts_by_value ON facts (kind, key, value, manifest_id);
)sql";

constexpr std::array content_table_names{"position",       "repositories", "manifests", "children",
                                         "tags",           "referrers",    "blobs",     "blob_uses",
                                         "manifest_blobs", "facts"};

/// Statements that were prepared before must not be in use.
void make_content_tables(connection& rows) {
  for (const std::string name : content_table_names)
    rows.execute(("DROP TABLE IF EXISTS " + name).c_str());
  rows.execute(content_tables);
  rows.execute(("PRAGMA user_version=" + std::to_string(version)).c_str());
}

/// Lost with the power, it is what it was a moment before: the log says what came since.
void set_up(connection& rows, bool has_file) {
  rows.execute(has_file ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                          "PRAGMA journal_size_limit=67108864"
                        : "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
  rows.execute("PRAGMA cache_size=-32768");
}

/// A damaged file goes.
const std::string& usable(const std::string& path) {
  if (path.empty() || !std::filesystem::exists(path))
    return path;
  try {
    connection rows{path, connection::mode::write};
    rows.number("SELECT COUNT(*) FROM sqlite_schema", 0);
  } catch (const failure& failed) {
    if (!failed.is_damaged())
      throw;
    telemetry::log().warn("{} is damaged ({}): it is made anew, and when images were pulled is "
                          "forgotten",
                          path, failed.what());
    database::remove(path);
  }
  return path;
}

} // namespace

database::database(const std::string& path) : rows_{usable(path), connection::mode::create} {
  set_up(rows_, !path.empty());
  rows_.execute(lasting_tables);
  if (rows_.number("PRAGMA user_version", 0) != version)
    in_transaction([this] { make_content_tables(rows_); });
}

void database::remove(const std::string& path) {
  for (const std::string end : {"", "-wal", "-shm"}) {
    std::error_code failed;
    std::filesystem::remove(path + end, failed);
    if (failed)
      telemetry::log().error("{} cannot be removed: {}", path + end, failed.message());
  }
}

log_position database::position() {
  auto row = rows_.query("SELECT is_built, number, at FROM position");
  if (!row.next())
    return {};
  return {row.integer(0) != 0, static_cast<std::uint64_t>(row.integer(1)), row.integer(2)};
}

void database::set_position(const log_position& to) {
  rows_.run("UPDATE position SET is_built = ?1, number = ?2, at = ?3",
            static_cast<std::int64_t>(to.is_built), static_cast<std::int64_t>(to.number), to.at);
}

void database::forget_content() {
  in_transaction([this] { make_content_tables(rows_); });
}

} // namespace gantry::listing
