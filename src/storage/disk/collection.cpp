#include "storage/disk/collection.hpp"

#include "storage/disk/layout.hpp"
#include "storage/disk/manifest_rows.hpp"
#include "storage/disk/upload_record.hpp"

#include <algorithm>
#include <fcntl.h>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <sys/stat.h>
#include <tuple>
#include <utility>

namespace gantry::storage {

namespace {

struct file_facts {
  std::uint64_t size;
  time_point changed;
};

std::optional<file_facts> stat_file(int folder, const std::string& name) {
  struct stat found {};
  if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  const auto changed =
    std::chrono::seconds{found.st_mtim.tv_sec} + std::chrono::nanoseconds{found.st_mtim.tv_nsec};
  return file_facts{static_cast<std::uint64_t>(found.st_size),
                    time_point{std::chrono::duration_cast<time_point::duration>(changed)}};
}

/// No manifest of any repository that links the blob needs it there.
constexpr const char* unneeded_links =
  "SELECT blob_id, repository_id, digest, size, inline, lease_until FROM links JOIN blobs ON "
  "blobs.id = blob_id WHERE (repository_id, blob_id) > (?1, ?2) AND NOT EXISTS "
  "(SELECT 1 FROM manifest_references AS r WHERE r.repository_id = links.repository_id AND "
  "r.digest = blobs.digest) ORDER BY repository_id, blob_id LIMIT ?3";

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

} // namespace

collection::collection(disk_store& store, const collection_policy& policy)
  : store_{store},
    policy_{policy},
    now_{to_milliseconds(store.now())},
    leases_end_before_{policy.ignore_leases ? never : now_} {}

result<collection_report> collection::run(const progress_callback& progress) {
  progress_ = progress;
  const auto rows = read_database(store_.readers, [](auto& database) {
    return result<std::int64_t>{
      database.number("SELECT (SELECT COUNT(*) FROM links) + 2 * (SELECT COUNT(*) FROM blobs)", 0)};
  });
  total_ = rows ? static_cast<std::uint64_t>(*rows) : 0;
  report_.waits_for_leases = !policy_.ignore_leases && store_.may_have_old_leases();
  const auto steps = {&collection::remove_untagged,
                      &collection::unlink,
                      &collection::condemn,
                      &collection::purge,
                      &collection::expire_uploads,
                      &collection::remove_orphans,
                      &collection::forget_lost_subjects,
                      &collection::forget_empty_repositories};
  for (const auto step : steps) {
    if (stopped_)
      break;
    const bool takes_blobs =
      step == &collection::unlink || step == &collection::condemn || step == &collection::purge;
    if (takes_blobs && report_.waits_for_leases)
      continue;
    if (auto stepped = (this->*step)(); !stepped)
      return std::move(stepped).error();
  }
  if (progress_ && !stopped_)
    progress_(total_, total_);
  return report_;
}

bool collection::go_on() {
  total_ = std::max(total_, done_);
  stopped_ = stopped_ || (progress_ && !progress_(done_, total_));
  return !stopped_;
}

template <class... Arguments>
result<collection::candidates> collection::find(const char* sql, const Arguments&... arguments) {
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

std::uint64_t collection::leave(candidates& found,
                                const std::function<time_point(const candidate&)>& until) {
  const auto now = policy_.ignore_leases ? time_point::max() : from_milliseconds(now_);
  const auto kept =
    std::ranges::partition(found, [&](const candidate& each) { return until(each) <= now; });
  for (const auto& each : kept)
    report_.leases_end = std::max(report_.leases_end, until(each));
  const auto count = kept.size();
  found.erase(kept.begin(), kept.end());
  return count;
}

std::uint64_t collection::leave_leased(candidates& found) {
  return leave(found, [](const candidate& each) { return from_milliseconds(each.lease_until); });
}

result<std::uint64_t> collection::leave_held(candidates& found) {
  if (auto saved = find_saved_uploads(); !saved)
    return std::move(saved).error();
  return read_database(store_.readers, [&](auto& database) {
    return result<std::uint64_t>{
      leave(found, [&](const candidate& each) { return held_until(database, each.repository); })};
  });
}

result<void> collection::find_saved_uploads() {
  if (saved_uploads_)
    return {};
  std::unordered_map<std::string, time_point> saved;
  const int folder = store_.folder.uploads();
  std::vector<std::string> names;
  auto listed = for_each_name(folder, [&](std::string_view name) { names.emplace_back(name); });
  if (!listed)
    return listed;
  for (const auto& name : names) {
    const auto id = upload_id::parse(name);
    const auto facts = id && !store_.uploads->is_open(*id) ? stat_file(folder, name) : std::nullopt;
    if (!facts || facts->changed + policy_.upload_expiry <= store_.now())
      continue;
    const auto record = open_for_reading(folder, name);
    if (!record)
      return record.error();
    std::string beginning(1024, '\0');
    const auto n =
      *record ? (**record).read(std::as_writable_bytes(std::span{beginning}), 0) : std::size_t{0};
    if (!n)
      return n.error();
    const auto repository = repository_of_record(std::string_view{beginning}.substr(0, *n));
    if (!repository)
      continue;
    auto& until = saved[repository->to_string()];
    until = std::max(until, facts->changed + policy_.upload_expiry);
  }
  saved_uploads_ = std::move(saved);
  return {};
}

collection::candidates collection::hold(candidates found) {
  std::erase_if(found, [this](const candidate& each) {
    return policy_.ignore_leases ? !store_.guard.begin_quarantine(each.id)
                                 : !store_.guard.begin_sweep(each.id);
  });
  return found;
}

std::string collection::name_of(sqlite::connection& database, std::int64_t repository) {
  auto rows = database.query("SELECT name FROM repositories WHERE id = ?1", repository);
  return rows.next() ? std::string{rows.text(0)} : std::string{};
}

time_point collection::held_until(sqlite::connection& database, std::int64_t repository) const {
  if (policy_.ignore_leases)
    return {};
  const auto name = name_of(database, repository);
  const auto saved = saved_uploads_->find(name);
  return std::max(store_.holds.held_until(name),
                  saved == saved_uploads_->end() ? time_point{} : saved->second);
}

bool collection::is_leased(sqlite::connection& database, std::int64_t repository,
                           const digest& manifest) const {
  return !policy_.ignore_leases && store_.holds.is_leased(name_of(database, repository), manifest);
}

void collection::let_go(const candidates& held) {
  for (const auto& each : held)
    store_.guard.end_sweep(each.id);
}

result<void> collection::sweep(
  candidates found,
  const std::function<result<void>(sqlite::connection&, const candidate&)>& change) {
  // One digest may be there several times, linked by many repositories.
  std::map<digest, candidates> by_digest;
  for (auto& each : found)
    by_digest[each.id].push_back(each);
  candidates leaders;
  for (const auto& [id, each] : by_digest)
    leaders.push_back(each.front());
  const auto held = hold(std::move(leaders));
  auto swept = store_.writes.run([&](sqlite::connection& database) -> result<void> {
    for (const auto& leader : held)
      for (const auto& each : by_digest[leader.id])
        if (auto changed = change(database, each); !changed)
          return changed;
    return {};
  });
  let_go(held);
  return swept;
}

bool collection::waits_for_manifest_leases() const {
  return !policy_.ignore_leases && store_.restart_hold.count() > 0 &&
         store_.now() < store_.opened + policy_.grace;
}

result<void> collection::remove_untagged() {
  if (!policy_.delete_untagged || waits_for_manifest_leases())
    return {};
  if (auto saved = find_saved_uploads(); !saved)
    return saved;
  const auto before = now_ - policy_.grace.count();
  struct untagged {
    std::int64_t row;
    std::int64_t repository;
    digest id;
  };
  constexpr const char* condition =
    "SELECT m.id, m.repository_id, m.digest FROM manifest_states AS s JOIN manifests AS m ON "
    "m.id = s.manifest_id WHERE s.manifest_id > ?1 AND young_since <= ?2 AND NOT EXISTS "
    "(SELECT 1 FROM tags AS t WHERE t.manifest_id = m.id) AND NOT EXISTS (SELECT 1 FROM "
    "manifest_references AS r WHERE r.repository_id = m.repository_id AND r.digest = m.digest) AND "
    "NOT EXISTS (SELECT 1 FROM manifests AS o WHERE o.repository_id = m.repository_id AND "
    "o.digest = m.subject) AND NOT EXISTS (SELECT 1 FROM lost_subjects AS l WHERE "
    "l.repository_id = m.repository_id AND l.digest = m.subject AND lost > ?2) "
    "ORDER BY s.manifest_id LIMIT ?3";
  for (std::int64_t last = 0; go_on();) {
    std::vector<untagged> found;
    auto read = read_database(store_.readers, [&](auto& database) -> result<void> {
      auto rows = database.query(condition, last, before, piece);
      while (rows.next())
        found.push_back(
          {rows.integer(0), rows.integer(1), digest::from_binary(rows.text(2)).value()});
      return {};
    });
    if (!read)
      return read;
    if (found.empty())
      break;
    last = found.back().row;
    std::uint64_t removed = policy_.dry_run ? found.size() : 0;
    if (!policy_.dry_run) {
      auto swept = store_.writes.run([&](sqlite::connection& database) -> result<void> {
        removed = 0;
        for (const auto& each : found) {
          // Meanwhile it may have got a tag, or a parent.
          const auto still = database.number(condition, 0, each.row - 1, before, std::int64_t{1});
          if (still == each.row && held_until(database, each.repository) <= store_.now() &&
              !is_leased(database, each.repository, each.id) &&
              remove_manifest(database, each.repository, each.id))
            ++removed;
        }
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

result<void> collection::unlink() {
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
    std::uint64_t removed = 0;
    auto swept = sweep(std::move(found), [&](sqlite::connection& database, const candidate& each) {
      if (held_until(database, each.repository) > store_.now())
        return result<void>{};
      removed += static_cast<std::uint64_t>(database.run(
        "DELETE FROM links WHERE repository_id = ?1 AND blob_id = ?2 AND NOT EXISTS (SELECT 1 FROM "
        "manifest_references WHERE repository_id = ?1 AND digest = ?3) AND "
        "(SELECT lease_until FROM blobs WHERE id = ?2) <= ?4",
        each.repository, each.row, sqlite::bytes{each.id.to_binary()}, leases_end_before_));
      return result<void>{};
    });
    if (!swept)
      return swept;
    report_.links += removed;
  }
  return {};
}

result<void> collection::condemn() {
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
    std::uint64_t condemned = 0;
    auto swept = sweep(std::move(found), [&](sqlite::connection& database, const candidate& each) {
      condemned += static_cast<std::uint64_t>(database.run(
        "UPDATE blobs SET state = 1, purge_after = ?2 WHERE id = ?1 AND state IN (0, 3, 4) AND "
        "lease_until <= ?3 AND NOT EXISTS (SELECT 1 FROM links WHERE blob_id = ?1)",
        each.row, now_ + policy_.grace.count(), leases_end_before_));
      return result<void>{};
    });
    if (!swept)
      return swept;
    report_.condemned += condemned;
  }
  return {};
}

result<void> collection::purge() {
  for (std::int64_t last = 0; go_on();) {
    // Purging already: those whose bytes could not be removed before.
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
    const auto held = hold(std::move(found));
    auto purged = purge_held(held);
    let_go(held);
    if (!purged)
      return purged;
  }
  return {};
}

result<void> collection::purge_held(const candidates& held) {
  candidates doomed;
  auto marked = store_.writes.run([&](sqlite::connection& database) -> result<void> {
    doomed.clear();
    for (const auto& each : held) {
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
  // PURGING is on the disk: from here a crash is finished by whoever opens the folder next.
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
  for (const auto& each : doomed)
    report_.bytes += each.size;
  report_.blobs += doomed.size();
  return {};
}

result<void> collection::expire_uploads() {
  std::vector<std::string> names;
  const int folder = store_.folder.uploads();
  auto listed = for_each_name(folder, [&](std::string_view name) { names.emplace_back(name); });
  if (!listed)
    return listed;
  for (const auto& name : names) {
    if (!go_on())
      break;
    const auto is_data = name.ends_with(".data");
    const auto id = upload_id::parse(name.substr(0, name.find('.')));
    if (!id || store_.uploads->is_open(*id))
      continue;
    const auto facts = stat_file(folder, name);
    // A data file without a record belongs to an upload that was never saved, or is finished.
    const auto record = is_data ? stat_file(folder, layout::record_name(*id)) : facts;
    if (!facts || store_.now() - (record ? record : facts)->changed < policy_.upload_expiry)
      continue;
    if (!policy_.dry_run) {
      if (auto removed = remove_file(folder, name); !removed)
        return removed.error();
    }
    report_.bytes += is_data ? facts->size : 0;
    report_.uploads += name == layout::record_name(*id) ? 1 : 0;
  }
  return {};
}

result<void> collection::remove_orphans() {
  std::optional<error> wrong;
  auto walked = store_.folder.for_each_blob(
    [&](const digest& id) {
      ++done_;
      const auto row = read_database(store_.readers, [&](auto& database) {
        return result<bool>{find_row(database, id).has_value()};
      });
      if (row && !*row) {
        if (auto removed = remove_orphan(id); !removed)
          wrong = removed.error();
      }
      return !wrong && (done_ % piece != 0 || go_on());
    },
    [](const std::string&) {});
  return wrong ? result<void>{*wrong} : walked;
}

result<void> collection::remove_orphan(const digest& id) {
  if (!store_.guard.begin_sweep(id))
    return {};
  // Held, nobody gives it a row any more.
  const auto row = read_database(store_.readers, [&](auto& database) {
    return result<bool>{find_row(database, id).has_value()};
  });
  auto folder = store_.folder.blob_folder(id);
  const auto facts =
    folder ? stat_file(*folder, layout::file_name(id)) : std::optional<file_facts>{};
  result<void> outcome;
  if (row && !*row && facts && store_.now() - facts->changed >= policy_.grace) {
    if (!policy_.dry_run) {
      if (auto removed = store_.folder.remove_blob(id); !removed)
        outcome = removed.error();
    }
    if (outcome) {
      ++report_.orphans;
      report_.bytes += facts->size;
    }
  }
  store_.guard.end_sweep(id);
  return outcome;
}

result<void> collection::forget_lost_subjects() {
  const auto before = now_ - policy_.grace.count();
  for (int removed = 1; removed > 0 && !policy_.dry_run && go_on();) {
    auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
      removed = database.run("DELETE FROM lost_subjects WHERE (repository_id, digest) IN (SELECT "
                             "repository_id, digest FROM lost_subjects WHERE lost <= ?1 LIMIT ?2)",
                             before, piece);
      return {};
    });
    if (!forgotten)
      return forgotten;
  }
  return {};
}

result<void> collection::forget_empty_repositories() {
  while (!policy_.dry_run && go_on()) {
    std::vector<std::int64_t> found;
    auto read = read_database(store_.readers, [&](auto& database) -> result<void> {
      auto rows =
        database.query("SELECT id FROM repositories AS r WHERE manifests = 0 AND NOT EXISTS "
                       "(SELECT 1 FROM links WHERE repository_id = r.id) LIMIT ?1",
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
                     "(SELECT 1 FROM links WHERE repository_id = ?1)",
                     row);
      return {};
    });
    if (!forgotten)
      return forgotten;
  }
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
