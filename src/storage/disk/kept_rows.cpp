#include "storage/disk/kept_rows.hpp"

#include "domain/references.hpp"
#include "storage/disk/manifest_rows.hpp"
#include "storage/disk/schema.hpp"
#include "storage/disk/store.hpp"

#include <limits>
#include <optional>
#include <string>

namespace gantry::storage {

std::int64_t find_kept(sqlite::connection& database, std::int64_t repository, const digest& id) {
  return database.number("SELECT id FROM kept_manifests WHERE repository_id = ?1 AND digest = ?2",
                         no_row, repository, sqlite::bytes{id.to_binary()});
}

manifest_ptr read_kept(sqlite::connection& database, std::int64_t row) {
  auto found = database.query(
    "SELECT digest, media_type, content, state FROM kept_manifests WHERE id = ?1", row);
  return found.next() ? intact_manifest(found) : nullptr;
}

void keep_manifest(sqlite::connection& database, std::int64_t repository, std::int64_t from,
                   const manifest& value, std::int64_t now) {
  if (const auto older = find_kept(database, repository, value.id()); older != no_row)
    forget_kept(database, older);
  database.run("INSERT INTO kept_manifests (repository_id, digest, media_type, state, removed, "
               "content) SELECT repository_id, digest, media_type, state, ?2, content FROM "
               "manifests JOIN manifest_states ON manifest_id = id WHERE id = ?1",
               from, now);
  const auto row = database.last_insert_id();
  for (const auto& named : references_of(value))
    database.run("UPDATE manifest_references SET manifest_id = -?4 WHERE repository_id = ?1 AND "
                 "digest = ?2 AND manifest_id = ?3",
                 repository, sqlite::bytes{named.to_binary()}, from, row);
  database.run("UPDATE totals SET bytes = bytes + ?1",
               static_cast<std::int64_t>(value.bytes().size()));
}

void forget_kept(sqlite::connection& database, std::int64_t row) {
  const auto repository =
    database.number("SELECT repository_id FROM kept_manifests WHERE id = ?1", no_row, row);
  if (const auto value = read_kept(database, row)) {
    for (const auto& named : references_of(*value))
      database.run("DELETE FROM manifest_references WHERE repository_id = ?1 AND digest = ?2 AND "
                   "manifest_id = -?3",
                   repository, sqlite::bytes{named.to_binary()}, row);
  } else { // it is damaged: the bytes cannot say what they were
    database.run("DELETE FROM manifest_references WHERE repository_id = ?1 AND manifest_id = -?2",
                 repository, row);
  }
  database.run("UPDATE totals SET bytes = bytes - COALESCE((SELECT LENGTH(content) FROM "
               "kept_manifests WHERE id = ?1), 0)",
               row);
  database.run("DELETE FROM kept_manifests WHERE id = ?1", row);
}

void forget_kept_needing(sqlite::connection& database, std::int64_t repository, const digest& id) {
  std::vector<std::int64_t> found;
  {
    auto rows = database.query("SELECT -manifest_id FROM manifest_references WHERE repository_id = "
                               "?1 AND digest = ?2 AND manifest_id < 0",
                               repository, sqlite::bytes{id.to_binary()});
    while (rows.next())
      found.push_back(rows.integer(0));
  }
  for (const auto row : found)
    forget_kept(database, row);
}

page<removed_manifest> list_kept(sqlite::connection& database, std::string_view repository,
                                 const page_request& request) {
  page<removed_manifest> listed;
  if (request.limit == 0)
    return listed;
  const auto last = digest::parse(request.last);
  auto rows = database.query(
    "SELECT digest, media_type, LENGTH(content), removed FROM kept_manifests WHERE repository_id = "
    "(SELECT id FROM repositories WHERE name = ?1) AND digest > ?2 ORDER BY digest LIMIT ?3",
    repository, sqlite::bytes{last ? last->to_binary() : std::string{}}, rows_for(request));
  while (rows.next()) {
    if (listed.items.size() == request.limit) {
      listed.more = true;
      break;
    }
    listed.items.push_back({digest::from_binary(rows.text(0)).value(), std::string{rows.text(1)},
                            static_cast<std::uint64_t>(rows.integer(2)),
                            from_milliseconds(rows.integer(3))});
  }
  return listed;
}

std::vector<kept_row> kept_behind(sqlite::connection& database, std::int64_t last,
                                  std::int64_t most) {
  std::vector<kept_row> found;
  // Numbers are in the order of the deletions.
  auto rows = database.query(
    "SELECT id, digest, media_type, content, removed FROM kept_manifests WHERE id < ?1 ORDER BY id "
    "DESC LIMIT ?2",
    last == 0 ? std::numeric_limits<std::int64_t>::max() : last, most);
  while (rows.next())
    found.push_back(
      {rows.integer(0), make_manifest(rows.text(1), rows.text(2), rows.text(3)), rows.integer(4)});
  return found;
}

std::uint64_t bytes_only_kept(sqlite::connection& database, const digest& id) {
  return static_cast<std::uint64_t>(database.number(
    "SELECT size FROM blobs WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM links JOIN "
    "manifest_references AS r ON r.repository_id = links.repository_id AND r.digest = ?1 AND "
    "r.manifest_id > 0 WHERE links.blob_id = blobs.id)",
    0, sqlite::bytes{id.to_binary()}));
}

} // namespace gantry::storage
