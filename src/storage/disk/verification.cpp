#include "storage/disk/verification.hpp"

#include "storage/disk/blob_check.hpp"
#include "storage/disk/garbage_collection.hpp"
#include "storage/disk/manifest_rows.hpp"
#include "storage/disk/store.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

constexpr std::int64_t piece = 500;

/// Dangling rows, or wrong counts.
struct inconsistency {
  const char* what;
  const char* count;
  const char* mend;
};

constexpr inconsistency inconsistencies[]{
  {"tags without a manifest",
   "SELECT COUNT(*) FROM tags AS t WHERE NOT EXISTS (SELECT 1 FROM manifests AS m WHERE m.id = "
   "t.manifest_id AND m.repository_id = t.repository_id)",
   "DELETE FROM tags WHERE NOT EXISTS (SELECT 1 FROM manifests AS m WHERE m.id = "
   "tags.manifest_id AND m.repository_id = tags.repository_id)"},
  {"links without a blob or a repository",
   "SELECT COUNT(*) FROM links AS l WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE id = l.blob_id "
   "AND state IN (0, 3)) OR NOT EXISTS (SELECT 1 FROM repositories WHERE id = l.repository_id)",
   "DELETE FROM links WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE id = links.blob_id AND state "
   "IN (0, 3)) OR NOT EXISTS (SELECT 1 FROM repositories WHERE id = links.repository_id)"},
  {"references of manifests that are gone",
   "SELECT COUNT(*) FROM manifest_references AS r WHERE NOT EXISTS (SELECT 1 FROM manifests "
   "WHERE id = r.manifest_id) AND NOT EXISTS (SELECT 1 FROM kept_manifests WHERE id = "
   "-r.manifest_id)",
   "DELETE FROM manifest_references WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE id = "
   "manifest_references.manifest_id) AND NOT EXISTS (SELECT 1 FROM kept_manifests WHERE id = "
   "-manifest_references.manifest_id)"},
  {"referrers that are gone",
   "SELECT COUNT(*) FROM referrers AS r WHERE NOT EXISTS (SELECT 1 FROM manifests AS m WHERE "
   "m.repository_id = r.repository_id AND m.digest = r.digest)",
   "DELETE FROM referrers WHERE NOT EXISTS (SELECT 1 FROM manifests AS m WHERE m.repository_id "
   "= referrers.repository_id AND m.digest = referrers.digest)"},
  {"states of manifests that are gone",
   "SELECT COUNT(*) FROM manifest_states AS s WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE "
   "id = s.manifest_id)",
   "DELETE FROM manifest_states WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE id = "
   "manifest_states.manifest_id)"},
  {"manifests without a state",
   "SELECT COUNT(*) FROM manifests AS m WHERE NOT EXISTS (SELECT 1 FROM manifest_states WHERE "
   "manifest_id = m.id)",
   "INSERT INTO manifest_states SELECT id, created, 0 FROM manifests AS m WHERE NOT EXISTS "
   "(SELECT 1 FROM manifest_states WHERE manifest_id = m.id)"},
  {"repositories with a wrong count of manifests",
   "SELECT COUNT(*) FROM repositories AS r WHERE manifests <> (SELECT COUNT(*) FROM manifests "
   "WHERE repository_id = r.id)",
   "UPDATE repositories SET manifests = (SELECT COUNT(*) FROM manifests WHERE repository_id = "
   "repositories.id)"},
  {"wrong total of bytes",
   "SELECT COUNT(*) FROM totals WHERE bytes <> (SELECT COALESCE(SUM(size), 0) FROM blobs WHERE "
   "state <> 2) + (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM manifests) + (SELECT "
   "COALESCE(SUM(LENGTH(content)), 0) FROM kept_manifests)",
   "UPDATE totals SET bytes = (SELECT COALESCE(SUM(size), 0) FROM blobs WHERE state <> 2) + "
   "(SELECT COALESCE(SUM(LENGTH(content)), 0) FROM manifests) + (SELECT "
   "COALESCE(SUM(LENGTH(content)), 0) FROM kept_manifests)"},
};

class verification {
public:
  verification(disk_store& store, const verify_options& options, const finding_callback& found,
               const progress_callback& progress)
    : store_{store}, options_{options}, found_{found}, progress_{progress} {}

  result<verify_report> run() {
    const auto count = read_database(store_.readers, [](auto& database) {
      return result<std::int64_t>{database.number("SELECT COUNT(*) FROM blobs", 0) +
                                  database.number("SELECT COUNT(*) FROM manifests", 0)};
    });
    if (!count)
      return count.error();
    total_ = static_cast<std::uint64_t>(*count);
    for (const auto step :
         {&verification::check_database, &verification::check_blobs, &verification::check_manifests,
          &verification::check_rows, &verification::check_files})
      if (auto checked = (this->*step)(); !checked)
        return std::move(checked).error();
    return report_;
  }

private:
  struct blob_entry {
    digest id;
    blob_row row;
  };

  void fault(const std::string& what) {
    ++report_.faults;
    if (found_)
      found_(what);
  }

  void step_done() {
    ++done_;
    if (progress_)
      progress_(done_, total_);
  }

  result<void> repair(writer::operation work) {
    auto repaired = store_.writes.run(std::move(work));
    if (repaired)
      ++report_.repaired;
    return repaired;
  }

  /// Runs SQLite's own check of the file.
  result<void> check_database() {
    return read_database(store_.readers, [this](auto& database) -> result<void> {
      auto lines = database.query("PRAGMA integrity_check(20)");
      while (lines.next())
        if (lines.text(0) != "ok")
          fault("the database is damaged: " + std::string{lines.text(0)} +
                "; restore it from a backup");
      return {};
    });
  }

  result<void> check_blobs() {
    for (std::int64_t last = 0;;) {
      std::vector<blob_entry> entries;
      auto read = read_database(store_.readers, [&](auto& database) -> result<void> {
        auto rows = database.query("SELECT id, digest, size, state, lease_until, inline FROM blobs "
                                   "WHERE id > ?1 ORDER BY id LIMIT ?2",
                                   last, piece);
        while (rows.next()) {
          auto id = digest::from_binary(rows.text(1));
          last = rows.integer(0);
          if (!id) {
            fault("a blob's row has no digest: remove row " + std::to_string(last) + " by hand");
            continue;
          }
          entries.push_back({*id,
                             {last, static_cast<std::uint64_t>(rows.integer(2)),
                              static_cast<blob_state>(rows.integer(3)), rows.integer(4),
                              static_cast<blob_place>(rows.integer(5))}});
        }
        return {};
      });
      if (!read || entries.empty())
        return read;
      for (const auto& each : entries) {
        if (auto checked = check_blob(each); !checked)
          return checked;
        step_done();
      }
    }
  }

  result<void> check_blob(const blob_entry& entry) {
    ++report_.blobs;
    if (entry.row.state == blob_state::corrupt) {
      fault(entry.id.to_string() + " is known to be damaged: push it again");
      return {};
    }
    const auto wrong = find_damage(store_, entry.id, entry.row, options_.deep);
    if (!wrong)
      return wrong.error();
    if (wrong->empty())
      return {};
    fault(entry.id.to_string() + ' ' + *wrong +
          (options_.repair ? "; it is in quarantine until it is pushed again"
                           : "; repair, then push it again"));
    if (!options_.repair)
      return {};
    auto moved = quarantine(store_, entry.id, entry.row);
    report_.repaired += moved ? 1 : 0;
    return moved;
  }

  result<void> check_manifests() {
    for (std::int64_t last = 0;;) {
      bool any = false;
      std::vector<std::pair<std::string, digest>> damaged;
      auto read = read_database(store_.readers, [&](auto& database) -> result<void> {
        auto rows =
          database.query("SELECT id, digest, content, (SELECT name FROM repositories WHERE "
                         "id = repository_id), COALESCE((SELECT state FROM manifest_states WHERE "
                         "manifest_id = manifests.id), 0) FROM manifests WHERE id > ?1 "
                         "ORDER BY id LIMIT ?2",
                         last, piece);
        while (rows.next()) {
          any = true;
          last = rows.integer(0);
          if (auto wrong = check_manifest(rows))
            damaged.emplace_back(rows.text(3), *wrong);
          step_done();
        }
        return {};
      });
      if (!read || !any)
        return read;
      if (auto marked = mark_manifests(damaged); !marked)
        return marked;
    }
  }

  /// Returns the digest if the manifest's bytes do not match and this is not recorded yet.
  std::optional<digest> check_manifest(const sqlite::rows& row) {
    ++report_.manifests;
    const auto id = digest::from_binary(row.text(1));
    const auto where = std::string{row.text(3)} + '@' + (id ? id->to_string() : "?");
    const auto state = static_cast<manifest_state>(row.integer(4));
    if (row.is_null(3))
      fault("the manifest " + where + " belongs to no repository");
    if (!id) {
      fault("the manifest " + where + " has no digest");
    } else if (state == manifest_state::damaged) {
      fault("the manifest " + where + " is known to be damaged: push it again");
    } else if (!is_intact(*id, row.text(2), state)) {
      fault("the manifest " + where + " holds other bytes" +
            (options_.repair ? "; it is unknown until it is pushed again"
                             : "; repair, then push it again"));
      return *id;
    }
    return std::nullopt;
  }

  result<void> mark_manifests(const std::vector<std::pair<std::string, digest>>& damaged) {
    for (const auto& each : damaged) {
      if (!options_.repair)
        break;
      auto marked = repair([&](sqlite::connection& database) -> result<void> {
        mark_damaged(database, each.first, each.second);
        return {};
      });
      if (!marked)
        return marked;
    }
    return {};
  }

  result<void> check_rows() {
    for (const auto& kind : inconsistencies) {
      const auto count = number(kind.count);
      if (!count)
        return count.error();
      if (*count == 0)
        continue;
      fault(std::to_string(*count) + ' ' + kind.what +
            (options_.repair ? "; repaired" : "; run a repair"));
      if (!options_.repair)
        continue;
      auto put_right = repair([&kind](sqlite::connection& database) -> result<void> {
        database.run(kind.mend);
        return {};
      });
      if (!put_right)
        return put_right;
    }
    return count_rows();
  }

  result<void> count_rows() {
    const auto tags = number("SELECT COUNT(*) FROM tags");
    const auto links = number("SELECT COUNT(*) FROM links");
    const auto absent =
      number("SELECT COUNT(*) FROM (SELECT DISTINCT r.repository_id, r.digest FROM "
             "manifest_references AS r WHERE r.manifest_id > 0 AND NOT EXISTS (SELECT 1 FROM "
             "manifests AS m WHERE "
             "m.repository_id = r.repository_id AND m.digest = r.digest) AND NOT EXISTS (SELECT 1 "
             "FROM links JOIN blobs ON blobs.id = blob_id WHERE links.repository_id = "
             "r.repository_id AND blobs.digest = r.digest AND state = 0))");
    if (!tags || !links || !absent)
      return fail(errc::storage_failed);
    report_.tags = static_cast<std::uint64_t>(*tags);
    report_.links = static_cast<std::uint64_t>(*links);
    report_.absent = static_cast<std::uint64_t>(*absent);
    return {};
  }

  result<std::int64_t> number(const char* sql) {
    return read_database(store_.readers, [sql](auto& database) {
      return result<std::int64_t>{database.number(sql, 0)};
    });
  }

  result<void> check_files() {
    std::optional<error> failed;
    auto walked = store_.folder.for_each_blob(
      [&](const digest& id) {
        const auto row = read_database(store_.readers, [&](auto& database) {
          return result<bool>{find_row(database, id).has_value()};
        });
        if (!row)
          failed = row.error();
        else
          report_.orphans += *row ? 0 : 1;
        return !failed;
      },
      [this](const std::string& name) { fault("blobs holds a foreign file: " + name); });
    return failed ? result<void>{*failed} : walked;
  }

  disk_store& store_;
  const verify_options options_;
  const finding_callback& found_;
  const progress_callback& progress_;
  verify_report report_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

} // namespace

result<verify_report> verify_folder(const std::filesystem::path& folder,
                                    const verify_options& options, const finding_callback& found,
                                    const progress_callback& progress) {
  disk_options settings;
  settings.folder = folder;
  settings.create = false;
  settings.wait_for_lock = options.wait_for_lock;
  disk_store store{std::move(settings)};
  if (auto finished = finish_purges(store); !finished)
    return std::move(finished).error();
  return verification{store, options, found, progress}.run();
}

} // namespace gantry::storage
