#include "storage/disk/garbage_collection.hpp"

#include "domain/references.hpp"
#include "storage/disk/history_rows.hpp"
#include "storage/disk/kept_rows.hpp"
#include "storage/disk/manifest_rows.hpp"

#include <unordered_set>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

/// Manifests that no tag, index or subject of their repository has kept since ?2.
constexpr const char* untagged_manifests =
  "SELECT m.id, m.repository_id, m.digest FROM manifest_states AS s JOIN manifests AS m ON "
  "m.id = s.manifest_id WHERE s.manifest_id > ?1 AND young_since <= ?2 AND NOT EXISTS "
  "(SELECT 1 FROM tags AS t WHERE t.manifest_id = m.id) AND NOT EXISTS (SELECT 1 FROM "
  "manifest_references AS r WHERE r.repository_id = m.repository_id AND r.digest = m.digest AND "
  "r.manifest_id > 0) AND "
  "NOT EXISTS (SELECT 1 FROM manifests AS o WHERE o.repository_id = m.repository_id AND "
  "o.digest = m.subject) AND NOT EXISTS (SELECT 1 FROM lost_subjects AS l WHERE "
  "l.repository_id = m.repository_id AND l.digest = m.subject AND lost > ?2) "
  "ORDER BY s.manifest_id LIMIT ?3";

/// Bytes that only deleted manifests hold, one of which is `value`: of it, and of those that are
/// not in `counted` yet.
std::uint64_t bytes_held(sqlite::connection& database, const manifest& value,
                         std::unordered_set<digest>& counted) {
  std::uint64_t sum = value.bytes().size();
  for (const auto& named : references_of(value))
    if (counted.insert(named).second)
      sum += bytes_only_kept(database, named);
  return sum;
}

} // namespace

bool garbage_collection::is_leased(sqlite::connection& database, std::int64_t repository,
                                   const digest& manifest) const {
  return !policy_.ignore_leases && store_.holds.is_leased(name_of(database, repository), manifest);
}

bool garbage_collection::waits_for_manifest_leases() const {
  return !policy_.ignore_leases && store_.restart_hold.count() > 0 &&
         store_.now() < store_.opened + policy_.grace;
}

result<std::vector<garbage_collection::untagged>>
garbage_collection::find_untagged(std::int64_t last) {
  return read_database(store_.readers, [&](auto& database) -> result<std::vector<untagged>> {
    std::vector<untagged> found;
    auto rows = database.query(untagged_manifests, last, young_before(), piece);
    while (rows.next())
      found.push_back(
        {rows.integer(0), rows.integer(1), digest::from_binary(rows.text(2)).value()});
    return found;
  });
}

bool garbage_collection::remove_if_untagged(sqlite::connection& database, const untagged& each) {
  // The manifest may have got a tag or a parent meanwhile.
  const bool on_hold = held_until(database, each.repository) > store_.now();
  const auto before = young_before() - (on_hold ? store_.hold_at_most.count() : 0);
  const auto still = database.number(untagged_manifests, 0, each.row - 1, before, std::int64_t{1});
  return still == each.row && !is_leased(database, each.repository, each.id) &&
         expire(database, each);
}

bool garbage_collection::expire(sqlite::connection& database, const untagged& each) {
  const auto now = to_milliseconds(store_.now());
  change_writer log{database, each.repository, nullptr, now};
  record_removal(database, each.repository, each.id, change_kind::expire, log);
  if (const auto value = keeps_removed() ? read_manifest(database, each.row) : nullptr)
    keep_manifest(database, each.repository, each.row, *value, now);
  return remove_manifest(database, each.repository, each.id);
}

result<void> garbage_collection::remove_untagged() {
  if (!policy_.delete_untagged || waits_for_manifest_leases())
    return {};
  find_saved_uploads();
  for (std::int64_t last = 0; go_on();) {
    const auto found = find_untagged(last);
    if (!found || found->empty())
      return found ? result<void>{} : result<void>{found.error()};
    last = found->back().row;
    std::uint64_t removed = policy_.dry_run ? found->size() : 0;
    if (!policy_.dry_run) {
      auto swept = store_.writes.run([&](sqlite::connection& database) -> result<void> {
        removed = 0;
        for (const auto& each : *found)
          removed += remove_if_untagged(database, each) ? 1 : 0;
        return {};
      });
      ++store_.outside_changes;
      if (!swept)
        return swept;
    }
    report_.manifests += removed;
  }
  return {};
}

result<void> garbage_collection::forget_removed() {
  const auto ends_before = policy_.undo_window ? now_ - policy_.undo_window->count() : 0;
  std::unordered_set<digest> counted;
  for (std::int64_t last = 0; go_on();) {
    std::vector<kept_row> over;
    const auto read = read_database(store_.readers, [&](auto& database) -> result<std::int64_t> {
      auto seen = last;
      for (const auto& each : kept_behind(database, last, piece)) {
        seen = each.id;
        const auto bytes = bytes_held(database, *each.value, counted);
        if (each.removed <= ends_before ||
            (policy_.undo_space && report_.kept_bytes + bytes > *policy_.undo_space)) {
          over.push_back(each);
          continue;
        }
        ++report_.kept;
        report_.kept_bytes += bytes;
      }
      return seen;
    });
    if (!read || *read == last)
      return read ? result<void>{} : result<void>{read.error()};
    last = *read;
    report_.forgotten += over.size();
    if (over.empty() || policy_.dry_run)
      continue;
    auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
      // The manifest may have been brought back and deleted again, under the same number.
      for (const auto& each : over)
        if (database.number("SELECT removed FROM kept_manifests WHERE id = ?1", 0, each.id) ==
            each.removed)
          forget_kept(database, each.id);
      return {};
    });
    if (!forgotten)
      return forgotten;
  }
  return {};
}

result<void> garbage_collection::forget_lost_subjects() {
  for (int removed = 1; removed > 0 && !policy_.dry_run && go_on();) {
    auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
      removed = database.run("DELETE FROM lost_subjects WHERE (repository_id, digest) IN (SELECT "
                             "repository_id, digest FROM lost_subjects WHERE lost <= ?1 LIMIT ?2)",
                             young_before(), piece);
      return {};
    });
    if (!forgotten)
      return forgotten;
  }
  return {};
}

result<void> garbage_collection::forget_history() {
  for (std::int64_t last = 0; last != no_more_history && !policy_.dry_run && go_on();) {
    const auto old = read_database(store_.readers, [&](auto& database) {
      return result<std::vector<std::int64_t>>{
        find_old_history(database, policy_.history, store_.now(), piece, last)};
    });
    if (!old)
      return old.error();
    if (old->empty())
      continue;
    auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
      remove_history(database, *old);
      return {};
    });
    if (!forgotten)
      return forgotten;
    report_.history += old->size();
  }
  return {};
}

result<void> garbage_collection::forget_empty_repositories() {
  while (!policy_.dry_run && go_on()) {
    std::vector<std::int64_t> found;
    auto read = read_database(store_.readers, [&](auto& database) -> result<void> {
      auto rows =
        database.query("SELECT id FROM repositories AS r WHERE manifests = 0 AND NOT EXISTS "
                       "(SELECT 1 FROM links WHERE repository_id = r.id) AND NOT EXISTS "
                       "(SELECT 1 FROM kept_manifests WHERE repository_id = r.id) AND NOT EXISTS "
                       "(SELECT 1 FROM history WHERE repository_id = r.id) LIMIT ?1",
                       piece);
      while (rows.next())
        found.push_back(rows.integer(0));
      return {};
    });
    if (!read || found.empty())
      return read;
    auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
      for (const auto row : found)
        database.run("DELETE FROM repositories WHERE id = ?1 AND manifests = 0 AND NOT EXISTS "
                     "(SELECT 1 FROM links WHERE repository_id = ?1) AND NOT EXISTS "
                     "(SELECT 1 FROM kept_manifests WHERE repository_id = ?1) AND NOT EXISTS "
                     "(SELECT 1 FROM history WHERE repository_id = ?1)",
                     row);
      return {};
    });
    if (!forgotten)
      return forgotten;
  }
  return {};
}

} // namespace gantry::storage
