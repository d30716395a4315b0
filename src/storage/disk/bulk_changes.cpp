#include "storage/disk/bulk_changes.hpp"

#include "domain/references.hpp"
#include "storage/disk/history_rows.hpp"
#include "storage/disk/kept_rows.hpp"
#include "storage/disk/manifest_rows.hpp"
#include "storage/disk/partial_clearing.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace gantry::storage {

namespace {

/// Links what the manifest names and the other repository links.
void copy_links(sqlite::connection& database, std::int64_t from, std::int64_t to,
                const manifest& value) {
  for (const auto& named : references_of(value))
    database.run("INSERT INTO links SELECT ?2, links.blob_id FROM blobs JOIN links ON "
                 "links.blob_id = blobs.id AND links.repository_id = ?1 WHERE blobs.digest = ?3 "
                 "ON CONFLICT DO NOTHING",
                 from, to, sqlite::bytes{named.to_binary()});
}

result<void> check_no_immutable(sqlite::connection& database, std::int64_t repository,
                                const tag_patterns& immutable) {
  if (immutable.empty())
    return {};
  auto tags = database.query("SELECT name FROM tags WHERE repository_id = ?1", repository);
  while (tags.next())
    if (immutable.match(tags.text(0)))
      return fail(errc::tag_immutable, tags.text(0));
  return {};
}

using statements = std::initializer_list<const char*>;

/// Statements about the repository ?1.
void run_all(sqlite::connection& database, std::int64_t repository, statements texts) {
  for (const auto* each : texts)
    database.run(each, repository);
}

/// The manifests, with what they name: see `keep_manifest`.
void keep_all(sqlite::connection& database, std::int64_t repository, std::int64_t now) {
  std::vector<std::int64_t> older;
  {
    auto rows = database.query("SELECT kept.id FROM kept_manifests AS kept JOIN manifests ON "
                               "manifests.repository_id = ?1 AND manifests.digest = kept.digest "
                               "WHERE kept.repository_id = ?1",
                               repository);
    while (rows.next())
      older.push_back(rows.integer(0));
  }
  for (const auto row : older)
    forget_kept(database, row);
  database.run("INSERT INTO kept_manifests (repository_id, digest, media_type, state, removed, "
               "content) SELECT ?1, digest, media_type, state, ?2, content FROM manifests JOIN "
               "manifest_states ON manifest_id = manifests.id WHERE repository_id = ?1",
               repository, now);
  run_all(database, repository,
          {"UPDATE manifest_references SET manifest_id = -(SELECT kept.id FROM manifests JOIN "
           "kept_manifests AS kept ON kept.repository_id = ?1 AND kept.digest = manifests.digest "
           "WHERE manifests.id = manifest_id) WHERE repository_id = ?1 AND manifest_id > 0",
           "UPDATE totals SET bytes = bytes + (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM "
           "manifests WHERE repository_id = ?1)"});
}

/// Of what is named, by manifests that are kept as well.
void unlink_all_named(sqlite::connection& database, std::int64_t repository) {
  run_all(
    database, repository,
    {"DELETE FROM links WHERE repository_id = ?1 AND blob_id IN (SELECT id FROM blobs WHERE "
     "digest IN (SELECT digest FROM manifest_references WHERE repository_id = ?1))",
     "UPDATE blobs SET state = 4 WHERE state = 0 AND digest IN (SELECT digest FROM "
     "manifest_references WHERE repository_id = ?1) AND NOT EXISTS (SELECT 1 FROM links WHERE "
     "blob_id = blobs.id)",
     "UPDATE totals SET bytes = bytes - (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM "
     "kept_manifests WHERE repository_id = ?1)",
     "DELETE FROM kept_manifests WHERE repository_id = ?1",
     "DELETE FROM manifest_references WHERE repository_id = ?1"});
}

void remove_all(sqlite::connection& database, std::int64_t repository) {
  run_all(database, repository,
          {"DELETE FROM manifest_references WHERE repository_id = ?1 AND manifest_id > 0",
           "DELETE FROM referrers WHERE repository_id = ?1",
           "DELETE FROM lost_subjects WHERE repository_id = ?1",
           "DELETE FROM tags WHERE repository_id = ?1",
           "DELETE FROM manifest_states WHERE manifest_id IN (SELECT id FROM manifests WHERE "
           "repository_id = ?1)",
           "UPDATE totals SET bytes = bytes - (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM "
           "manifests WHERE repository_id = ?1)",
           "DELETE FROM manifests WHERE repository_id = ?1",
           "UPDATE repositories SET manifests = 0 WHERE id = ?1"});
}

/// Or could, after an undo.
bool has_manifests(sqlite::connection& database, std::int64_t repository) {
  return database.number("SELECT EXISTS (SELECT 1 FROM manifests WHERE repository_id = ?1) OR "
                         "EXISTS (SELECT 1 FROM kept_manifests WHERE repository_id = ?1)",
                         0, repository) != 0;
}

} // namespace

result<change_summary> copy_manifests(sqlite::connection& database, std::string_view name,
                                      const manifest_copy& copy, const tag_patterns& immutable,
                                      std::int64_t now) {
  if (copy.manifests.empty())
    return change_summary{};
  const auto from = find_repository(database, copy.from.to_string());
  const auto to = make_repository(database, name);
  const auto& first = copy.manifests.front();
  if (auto room = check_quota(database, to, first.max_repositories); !room)
    return std::move(room).error();
  change_writer log{database, to, first.by, now};
  change_summary made;
  for (const auto& write : copy.manifests) {
    const auto& id = write.value->id();
    if (find_manifest_row(database, from, id) == no_row)
      return fail(errc::manifest_unknown, id.to_string());
    if (auto allowed = check_tags(database, to, write); !allowed)
      return std::move(allowed).error();
    copy_links(database, from, to, *write.value);
    auto stored = store_manifest(database, to, write, immutable, now, log);
    if (!stored)
      return std::move(stored).error();
    made.manifests += *stored ? 1 : 0;
  }
  made.tags = log.tags();
  made.change = static_cast<std::uint64_t>(log.change());
  return made;
}

result<change_summary> delete_manifests(sqlite::connection& database, std::string_view name,
                                        const removal& how, const tag_patterns& immutable,
                                        std::int64_t now) {
  const auto repository = find_repository(database, name);
  if (auto free = check_no_immutable(database, repository, immutable); !free)
    return std::move(free).error();
  change_writer log{database, repository, how.by, now};
  change_summary made;
  made.manifests = log.add_removals();
  if (how.leaves == remains::kept)
    keep_all(database, repository, now);
  else if (how.leaves == remains::purged)
    unlink_all_named(database, repository);
  remove_all(database, repository);
  made.tags = log.tags();
  made.change = static_cast<std::uint64_t>(log.change());
  return made;
}

result<void> rename_repository(sqlite::connection& database, std::string_view from,
                               std::string_view to, const tag_patterns& immutable) {
  const auto row = find_repository(database, from);
  if (!has_manifests(database, row))
    return fail(errc::name_unknown, std::string{from});
  if (auto free = check_no_immutable(database, row, immutable); !free)
    return free;
  const auto other = find_repository(database, to);
  if (has_manifests(database, other))
    return fail(errc::name_taken, std::string{to});
  if (other != no_row)
    remove_rows(database, other);
  database.run("UPDATE repositories SET name = ?2 WHERE id = ?1", row, to);
  leave_gap(database);
  return {};
}

} // namespace gantry::storage
