#include "storage/disk/expiry.hpp"

#include "storage/disk/history_rows.hpp"
#include "storage/disk/manifest_rows.hpp"

#include <string>
#include <vector>

namespace gantry::storage {

namespace {

/// Removes the tags, and records it.
result<void> remove_tags(sqlite::connection& database, std::int64_t repository, const expiry& what,
                         const tag_patterns& immutable, std::int64_t now, change_writer& log) {
  for (const auto& [name, wanted] : what.tags) {
    const std::string_view text = name.to_string();
    if (immutable.match(text))
      return fail(errc::tag_immutable, name.to_string());
    const auto target = find_target(database, repository, text);
    if (!target || target->id != wanted)
      return fail(errc::plan_outdated,
                  "the tag " + name.to_string() + (target ? " has moved" : " is gone"));
    log.add({.kind = change_kind::expire,
             .name = text,
             .before = wanted,
             .size = target->size,
             .media_type = target->media_type});
    make_target_young(database, repository, text, now);
    database.run("DELETE FROM tags WHERE repository_id = ?1 AND name = ?2", repository, text);
  }
  return {};
}

/// Whether a tag, an index, or its subject needs a manifest.
bool is_needed(sqlite::connection& database, std::int64_t repository, std::int64_t row,
               const digest& id) {
  return database.number("SELECT EXISTS (SELECT 1 FROM tags WHERE manifest_id = ?2) OR EXISTS "
                         "(SELECT 1 FROM manifest_references WHERE repository_id = ?1 AND "
                         "digest = ?3 AND manifest_id > 0) OR EXISTS (SELECT 1 FROM manifests "
                         "WHERE repository_id = ?1 AND digest = (SELECT subject FROM manifests "
                         "WHERE id = ?2))",
                         0, repository, row, sqlite::bytes{id.to_binary()}) != 0;
}

std::vector<digest> dependents_of(sqlite::connection& database, std::int64_t repository,
                                  std::int64_t row, const digest& id) {
  std::vector<digest> found;
  if (const auto value = read_manifest(database, row))
    for (const auto& child : value->children())
      found.push_back(child.target);
  auto rows = database.query("SELECT digest FROM referrers WHERE repository_id = ?1 AND "
                             "subject = ?2",
                             repository, sqlite::bytes{id.to_binary()});
  while (rows.next())
    found.push_back(digest::from_binary(rows.text(0)).value());
  return found;
}

} // namespace

result<change_summary> expire(sqlite::connection& database, std::string_view name,
                              const expiry& what, const tag_patterns& immutable, std::int64_t now) {
  const auto repository = find_repository(database, name);
  change_writer log{database, repository, what.how.by, now};
  if (auto removed = remove_tags(database, repository, what, immutable, now, log); !removed)
    return std::move(removed).error();
  change_summary made{.tags = log.tags()};
  std::vector<digest> candidates;
  for (const auto& each : what.tags)
    candidates.push_back(each.target);
  while (!candidates.empty()) {
    const auto id = candidates.back();
    candidates.pop_back();
    const auto row = find_manifest_row(database, repository, id);
    if (row == no_row || is_needed(database, repository, row, id))
      continue;
    const auto next = dependents_of(database, repository, row, id);
    candidates.insert(candidates.end(), next.begin(), next.end());
    record_removal(database, repository, id, change_kind::expire, log);
    drop_manifest(database, repository, id, what.how.leaves, now);
    ++made.manifests;
  }
  made.change = static_cast<std::uint64_t>(log.change());
  return made;
}

} // namespace gantry::storage
