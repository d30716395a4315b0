#include "storage/disk/garbage_collection.hpp"

#include "storage/disk/blob_hold.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace gantry::storage {

namespace {

/// Links that no manifest of the same repository needs.
constexpr const char* unneeded_links =
  "SELECT blob_id, repository_id, digest, size, inline, lease_until FROM links JOIN blobs ON "
  "blobs.id = blob_id WHERE (repository_id, blob_id) > (?1, ?2) AND NOT EXISTS "
  "(SELECT 1 FROM manifest_references AS r WHERE r.repository_id = links.repository_id AND "
  "r.digest = blobs.digest) ORDER BY repository_id, blob_id LIMIT ?3";

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

} // namespace

garbage_collection::garbage_collection(disk_store& store, const gc_policy& policy)
  : store_{store},
    policy_{policy},
    now_{to_milliseconds(store.now())},
    leases_end_before_{policy.ignore_leases ? never : now_} {}

result<gc_report> garbage_collection::run(const progress_callback& progress) {
  progress_ = progress;
  const auto rows = read_database(store_.readers, [](auto& database) {
    return result<std::int64_t>{
      database.number("SELECT (SELECT COUNT(*) FROM links) + 2 * (SELECT COUNT(*) FROM blobs)", 0)};
  });
  total_ = rows ? static_cast<std::uint64_t>(*rows) : 0;
  report_.waits_for_leases = !policy_.ignore_leases && store_.may_have_old_leases();
  const auto steps = {
    &garbage_collection::remove_untagged, &garbage_collection::forget_removed,
    &garbage_collection::unlink,          &garbage_collection::condemn,
    &garbage_collection::purge,           &garbage_collection::expire_uploads,
    &garbage_collection::remove_orphans,  &garbage_collection::forget_lost_subjects,
    &garbage_collection::forget_history,  &garbage_collection::forget_empty_repositories};
  for (const auto step : steps) {
    if (stopped_)
      break;
    const bool takes_blobs = step == &garbage_collection::unlink ||
                             step == &garbage_collection::condemn ||
                             step == &garbage_collection::purge;
    if (takes_blobs && report_.waits_for_leases)
      continue;
    if (auto stepped = (this->*step)(); !stepped)
      return std::move(stepped).error();
  }
  if (progress_ && !stopped_)
    progress_(total_, total_);
  return report_;
}

bool garbage_collection::go_on() {
  total_ = std::max(total_, done_);
  stopped_ = stopped_ || (progress_ && !progress_(done_, total_));
  return !stopped_;
}

template <class... Arguments>
result<garbage_collection::candidates> garbage_collection::find(const char* sql,
                                                                const Arguments&... arguments) {
  return read_database(store_.readers, [&](auto& database) -> result<candidates> {
    candidates found;
    auto rows = database.query(sql, arguments...);
    while (rows.next())
      found.push_back({rows.integer(0), rows.integer(1), digest::from_binary(rows.text(2)).value(),
                       static_cast<std::uint64_t>(rows.integer(3)), rows.integer(4) != 0,
                       rows.integer(5)});
    return found;
  });
}

std::uint64_t garbage_collection::leave(candidates& found,
                                        const std::function<time_point(const candidate&)>& until) {
  const auto now = policy_.ignore_leases ? time_point::max() : from_milliseconds(now_);
  const auto kept = std::partition(found.begin(), found.end(),
                                   [&](const candidate& each) { return until(each) <= now; });
  for (auto each = kept; each != found.end(); ++each)
    report_.leases_end = std::max(report_.leases_end, until(*each));
  const auto count = static_cast<std::uint64_t>(found.end() - kept);
  found.erase(kept, found.end());
  return count;
}

std::uint64_t garbage_collection::leave_leased(candidates& found) {
  return leave(found, [](const candidate& each) { return from_milliseconds(each.lease_until); });
}

result<std::uint64_t> garbage_collection::leave_held(candidates& found) {
  find_saved_uploads();
  return read_database(store_.readers, [&](auto& database) {
    return result<std::uint64_t>{
      leave(found, [&](const candidate& each) { return held_until(database, each, {}); })};
  });
}

reservation garbage_collection::reserve(const candidates& wanted) {
  std::vector<digest> ids;
  ids.reserve(wanted.size());
  for (const auto& each : wanted)
    ids.push_back(each.id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return store_.keeper.reserve(std::move(ids), policy_.ignore_leases ? leased_digests::may_go
                                                                     : leased_digests::stay);
}

std::string garbage_collection::name_of(sqlite::connection& database, std::int64_t repository) {
  auto rows = database.query("SELECT name FROM repositories WHERE id = ?1", repository);
  return rows.next() ? std::string{rows.text(0)} : std::string{};
}

time_point garbage_collection::held_until(sqlite::connection& database,
                                          std::int64_t repository) const {
  if (policy_.ignore_leases)
    return {};
  const auto name = name_of(database, repository);
  const auto saved = saved_uploads_->find(name);
  return std::max(store_.holds.held_until(name),
                  saved == saved_uploads_->end() ? time_point{} : saved->second);
}

time_point garbage_collection::held_until(sqlite::connection& database, const candidate& link,
                                          time_point leased_until) const {
  const auto lease = std::max(from_milliseconds(link.lease_until), leased_until);
  return std::min(held_until(database, link.repository), lease + store_.hold_at_most);
}

result<std::uint64_t> garbage_collection::sweep(const candidates& found, const change_row& change) {
  const auto held = reserve(found);
  std::uint64_t changed = 0;
  auto swept = store_.writes.run([&](sqlite::connection& database) -> result<void> {
    changed = 0;
    for (const auto& each : found)
      if (const auto* reserved = held.find(each.id))
        changed += static_cast<std::uint64_t>(change(database, each, reserved->leased_until));
    return {};
  });
  if (!swept)
    return std::move(swept).error();
  return changed;
}

result<void> garbage_collection::unlink() {
  std::int64_t last_repository = 0;
  std::int64_t last_blob = 0;
  while (go_on()) {
    auto read = find(unneeded_links, last_repository, last_blob, piece);
    if (!read || read->empty())
      return read ? result<void>{} : result<void>{read.error()};
    auto found = std::move(*read);
    last_repository = found.back().repository;
    last_blob = found.back().row;
    done_ += found.size();
    report_.leased_links += leave_leased(found);
    const auto held = leave_held(found);
    if (!held)
      return held.error();
    report_.leased_links += *held;
    if (policy_.dry_run) {
      report_.links += found.size();
      continue;
    }
    const auto removed = sweep(found, [&](sqlite::connection& database, const candidate& each,
                                          time_point leased_until) {
      if (held_until(database, each, leased_until) > store_.now())
        return 0;
      return database.run(
        "DELETE FROM links WHERE repository_id = ?1 AND blob_id = ?2 AND NOT EXISTS (SELECT 1 FROM "
        "manifest_references WHERE repository_id = ?1 AND digest = ?3) AND "
        "(SELECT lease_until FROM blobs WHERE id = ?2) <= ?4",
        each.repository, each.row, sqlite::bytes{each.id.to_binary()}, leases_end_before_);
    });
    if (!removed)
      return removed.error();
    report_.links += *removed;
  }
  return {};
}

result<void> garbage_collection::condemn() {
  for (std::int64_t last = 0; go_on();) {
    auto read = find("SELECT id, 0, digest, size, inline, lease_until FROM blobs WHERE id > ?1 AND "
                     "state IN (0, 3, 4) AND NOT EXISTS (SELECT 1 FROM links WHERE blob_id = id) "
                     "ORDER BY id LIMIT ?2",
                     last, piece);
    if (!read || read->empty())
      return read ? result<void>{} : result<void>{read.error()};
    auto found = std::move(*read);
    last = found.back().row;
    done_ += found.size();
    report_.leased_blobs += leave_leased(found);
    if (policy_.dry_run) {
      report_.condemned += found.size();
      continue;
    }
    const auto condemned =
      sweep(found, [&](sqlite::connection& database, const candidate& each, time_point) {
        return database.run(
          "UPDATE blobs SET state = 1, purge_after = ?2 WHERE id = ?1 AND state IN (0, 3, 4) AND "
          "lease_until <= ?3 AND NOT EXISTS (SELECT 1 FROM links WHERE blob_id = ?1)",
          each.row, now_ + policy_.grace.count(), leases_end_before_);
      });
    if (!condemned)
      return condemned.error();
    report_.condemned += *condemned;
  }
  return {};
}

result<void> garbage_collection::purge() {
  for (std::int64_t last = 0; go_on();) {
    // Includes rows left PURGING because their bytes could not be removed earlier.
    auto read = find(
      "SELECT id, 0, digest, size, inline, 0 FROM blobs WHERE state IN (1, 2) AND state <> 0 AND "
      "purge_after <= ?2 AND id > ?1 ORDER BY id LIMIT ?3",
      last, now_, piece);
    if (!read || read->empty())
      return read ? result<void>{} : result<void>{read.error()};
    auto found = std::move(*read);
    last = found.back().row;
    done_ += found.size();
    if (policy_.dry_run) {
      for (const auto& each : found)
        report_.bytes += each.size;
      report_.blobs += found.size();
      continue;
    }
    const auto claim = claim_removal(store_.folder.path(), store_.folder.system());
    if (!claim)
      return claim.error();
    if (!*claim) {
      telemetry::log().info("storage: a backup is running: a later collection removes {} blobs or "
                            "more",
                            found.size());
      return {};
    }
    auto held = reserve(found);
    std::erase_if(found, [&](const candidate& each) { return !held.find(each.id); });
    if (auto purged = purge_reserved(found, held); !purged)
      return purged;
  }
  return {};
}

result<void> garbage_collection::purge_reserved(const candidates& found, reservation& held) {
  candidates doomed;
  auto marked = store_.writes.run([&](sqlite::connection& database) -> result<void> {
    doomed.clear();
    for (const auto& each : found) {
      const auto changed = database.run(
        "UPDATE blobs SET state = 2 WHERE id = ?1 AND state = 1 AND lease_until <= ?2 AND "
        "NOT EXISTS (SELECT 1 FROM links WHERE blob_id = ?1)",
        each.row, leases_end_before_);
      if (changed == 1)
        database.run("UPDATE totals SET bytes = bytes - ?1", static_cast<std::int64_t>(each.size));
      const auto state = database.number("SELECT state FROM blobs WHERE id = ?1", 0, each.row);
      if (state == static_cast<std::int64_t>(blob_state::purging))
        doomed.push_back(each);
    }
    return {};
  });
  if (!marked)
    return marked;
  if (on_marked)
    on_marked();
  // PURGING is durable now: after a crash, the next start finishes the purge.
  for (const auto& each : doomed) {
    if (each.is_inline)
      continue;
    if (auto removed = store_.folder.remove_blob(each.id); !removed)
      return removed.error();
  }
  auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
    for (const auto& each : doomed) {
      database.run("DELETE FROM blob_contents WHERE blob_id = ?1", each.row);
      database.run("DELETE FROM blobs WHERE id = ?1 AND state = 2", each.row);
    }
    return {};
  });
  if (!forgotten)
    return forgotten;
  for (const auto& each : doomed) {
    report_.bytes += each.size;
    held.note_gone(each.id);
  }
  report_.blobs += doomed.size();
  return {};
}

result<void> finish_purges(disk_store& store) {
  std::vector<std::pair<std::int64_t, digest>> doomed;
  auto read = read_database(store.readers, [&](auto& database) -> result<void> {
    auto rows = database.query("SELECT id, digest FROM blobs WHERE state = 2 AND state <> 0");
    while (rows.next())
      doomed.emplace_back(rows.integer(0), digest::from_binary(rows.text(1)).value());
    return {};
  });
  if (!read || doomed.empty())
    return read;
  for (const auto& [row, id] : doomed)
    if (auto removed = store.folder.remove_blob(id); !removed)
      return removed.error();
  return store.writes.run([&](sqlite::connection& database) -> result<void> {
    for (const auto& [row, id] : doomed) {
      database.run("DELETE FROM blob_contents WHERE blob_id = ?1", row);
      database.run("DELETE FROM blobs WHERE id = ?1 AND state = 2", row);
    }
    return {};
  });
}

} // namespace gantry::storage
