#include "storage/disk/partial_clearing.hpp"

#include "storage/disk/history_rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::storage {

namespace {

std::vector<std::int64_t> rows_within(sqlite::connection& database, const repository_name& top) {
  // `0` follows the slash, so these are the names that begin with `top/`.
  const auto& name = top.to_string();
  const auto first = name + "/";
  const auto behind = name + "0";
  std::vector<std::int64_t> found;
  auto rows =
    database.query("SELECT id FROM repositories WHERE name = ?1 OR (name > ?2 AND name < ?3)",
                   std::string_view{name}, std::string_view{first}, std::string_view{behind});
  while (rows.next())
    found.push_back(rows.integer(0));
  return found;
}

} // namespace

void remove_rows(sqlite::connection& database, std::int64_t repository) {
  forget_history(database, repository);
  for (const auto* sql :
       {"UPDATE totals SET bytes = bytes - (SELECT COALESCE(SUM(LENGTH(content)), 0) "
        "FROM manifests WHERE repository_id = ?1) - (SELECT COALESCE(SUM(LENGTH(content)), 0) "
        "FROM kept_manifests WHERE repository_id = ?1)",
        "UPDATE blobs SET state = 4 WHERE state = 0 AND id IN "
        "(SELECT blob_id FROM links WHERE repository_id = ?1) AND NOT EXISTS "
        "(SELECT 1 FROM links WHERE blob_id = blobs.id AND repository_id <> ?1)",
        "DELETE FROM tags WHERE repository_id = ?1",
        "DELETE FROM referrers WHERE repository_id = ?1",
        "DELETE FROM manifest_references WHERE repository_id = ?1",
        "DELETE FROM manifest_states WHERE manifest_id IN "
        "(SELECT id FROM manifests WHERE repository_id = ?1)",
        "DELETE FROM lost_subjects WHERE repository_id = ?1",
        "DELETE FROM manifests WHERE repository_id = ?1",
        "DELETE FROM kept_manifests WHERE repository_id = ?1",
        "DELETE FROM links WHERE repository_id = ?1", "DELETE FROM repositories WHERE id = ?1"})
    database.run(sql, repository);
}

void remove_rows_within(sqlite::connection& database, const repository_name& top) {
  for (const auto repository : rows_within(database, top))
    remove_rows(database, repository);
}

void remove_uploads_within(disk_store& store, const repository_name& top) {
  for (const auto& each : store.uploads->records.all()) {
    if (!is_within(each.repository, top))
      continue;
    if (const auto claimed = upload_claim::of(store.uploads, each.id))
      store.uploads->forget(each.id);
  }
}

} // namespace gantry::storage
