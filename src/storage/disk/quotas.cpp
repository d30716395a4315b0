#include "storage/disk/quotas.hpp"

#include "telemetry/log.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::storage {

namespace {

constexpr const char* tables = R"sql(
CREATE TEMP TABLE quotas (
  id INTEGER PRIMARY KEY,         -- its place in the ledger
  within TEXT NOT NULL,           -- empty: all repositories
  bytes INTEGER NOT NULL DEFAULT 0,
  tags INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TEMP TABLE quota_members (
  repository_id INTEGER NOT NULL,
  quota_id INTEGER NOT NULL,
  PRIMARY KEY (repository_id, quota_id)
) STRICT, WITHOUT ROWID;
)sql";

// `0` follows the slash: names between `team/` and `team0` are below `team`.
constexpr const char* fill = R"sql(
INSERT INTO quota_members SELECT repositories.id, quotas.id FROM quotas CROSS JOIN repositories
  WHERE within = '';
INSERT INTO quota_members SELECT repositories.id, quotas.id FROM quotas CROSS JOIN repositories
  WHERE within <> '' AND
    (name = within OR (name > within || '/' AND name < within || '0'));

-- First by repository: the join has one row for each of them, not one for each link.
UPDATE quotas SET bytes = bytes + counted.sum FROM
  (SELECT quota_id, SUM(held) AS sum FROM
     (SELECT repository_id, SUM(size) AS held FROM links JOIN blobs ON blobs.id = blob_id
        GROUP BY repository_id)
     JOIN quota_members USING (repository_id) GROUP BY quota_id) AS counted
  WHERE id = quota_id;
UPDATE quotas SET bytes = bytes + counted.sum FROM
  (SELECT quota_id, SUM(held) AS sum FROM
     (SELECT repository_id, SUM(LENGTH(content)) AS held FROM manifests GROUP BY repository_id)
     JOIN quota_members USING (repository_id) GROUP BY quota_id) AS counted
  WHERE id = quota_id;
UPDATE quotas SET tags = counted.sum FROM
  (SELECT quota_id, SUM(held) AS sum FROM
     (SELECT repository_id, COUNT(*) AS held FROM tags GROUP BY repository_id)
     JOIN quota_members USING (repository_id) GROUP BY quota_id) AS counted
  WHERE id = quota_id;
)sql";

constexpr const char* triggers = R"sql(
CREATE TEMP TRIGGER quota_link AFTER INSERT ON links BEGIN
  UPDATE quotas SET bytes = bytes + COALESCE((SELECT size FROM blobs WHERE id = NEW.blob_id), 0)
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = NEW.repository_id);
END;

CREATE TEMP TRIGGER quota_unlink AFTER DELETE ON links BEGIN
  UPDATE quotas SET bytes = bytes - COALESCE((SELECT size FROM blobs WHERE id = OLD.blob_id), 0)
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = OLD.repository_id);
END;

-- Bytes that were lost are pushed again; under a digest that is trusted there may be more of them.
CREATE TEMP TRIGGER quota_resize AFTER UPDATE OF size ON blobs WHEN NEW.size <> OLD.size BEGIN
  UPDATE quotas SET bytes = bytes + (NEW.size - OLD.size) *
      (SELECT COUNT(*) FROM links JOIN quota_members USING (repository_id)
         WHERE blob_id = NEW.id AND quota_id = quotas.id);
END;

CREATE TEMP TRIGGER quota_store AFTER INSERT ON manifests BEGIN
  UPDATE quotas SET bytes = bytes + LENGTH(NEW.content)
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = NEW.repository_id);
END;

CREATE TEMP TRIGGER quota_drop AFTER DELETE ON manifests BEGIN
  UPDATE quotas SET bytes = bytes - LENGTH(OLD.content)
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = OLD.repository_id);
END;

CREATE TEMP TRIGGER quota_tag AFTER INSERT ON tags BEGIN
  UPDATE quotas SET tags = tags + 1
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = NEW.repository_id);
END;

CREATE TEMP TRIGGER quota_untag AFTER DELETE ON tags BEGIN
  UPDATE quotas SET tags = tags - 1
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = OLD.repository_id);
END;

CREATE TEMP TRIGGER quota_join AFTER INSERT ON repositories BEGIN
  INSERT INTO quota_members SELECT NEW.id, id FROM quotas WHERE within = '' OR NEW.name = within OR
    (NEW.name > within || '/' AND NEW.name < within || '0');
END;

CREATE TEMP TRIGGER quota_leave AFTER DELETE ON repositories BEGIN
  DELETE FROM quota_members WHERE repository_id = OLD.id;
END;

CREATE TEMP TRIGGER quota_rename AFTER UPDATE OF name ON repositories BEGIN
  UPDATE quotas SET
      bytes = bytes -
        (SELECT COALESCE(SUM(size), 0) FROM links JOIN blobs ON blobs.id = blob_id
           WHERE repository_id = OLD.id) -
        (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM manifests WHERE repository_id = OLD.id),
      tags = tags - (SELECT COUNT(*) FROM tags WHERE repository_id = OLD.id)
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = OLD.id);
  DELETE FROM quota_members WHERE repository_id = OLD.id;
  INSERT INTO quota_members SELECT NEW.id, id FROM quotas WHERE within = '' OR NEW.name = within OR
    (NEW.name > within || '/' AND NEW.name < within || '0');
  UPDATE quotas SET
      bytes = bytes +
        (SELECT COALESCE(SUM(size), 0) FROM links JOIN blobs ON blobs.id = blob_id
           WHERE repository_id = NEW.id) +
        (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM manifests WHERE repository_id = NEW.id),
      tags = tags + (SELECT COUNT(*) FROM tags WHERE repository_id = NEW.id)
    WHERE id IN (SELECT quota_id FROM quota_members WHERE repository_id = NEW.id);
END;
)sql";

quota_use use_in(const sqlite::rows& row, int first) {
  return {static_cast<std::uint64_t>(row.integer(first)),
          static_cast<std::uint64_t>(row.integer(first + 1))};
}

} // namespace

void disk_quotas::define(sqlite::connection& database) const {
  const auto& quotas = ledger_->quotas();
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    const auto within = quotas[i].within ? quotas[i].within->to_string() : std::string{};
    database.run("INSERT INTO quotas (id, within) VALUES (?1, ?2)", static_cast<std::int64_t>(i),
                 std::string_view{within});
  }
}

void disk_quotas::begin(sqlite::connection& database) {
  database.execute("PRAGMA temp_store=MEMORY");
  database.execute(tables);
  define(database);
  database.execute(fill);
  database.execute(triggers);
  database_ = &database;
}

disk_quotas::uses disk_quotas::read(sqlite::connection& database, const quota_ledger::places& of) {
  uses found;
  found.reserve(of.size());
  for (const auto each : of) {
    auto row = database.query("SELECT bytes, tags FROM quotas WHERE id = ?1",
                              static_cast<std::int64_t>(each));
    found.push_back(row.next() ? use_in(row, 0) : quota_use{});
  }
  return found;
}

disk_quotas::limited_write disk_quotas::limiting(const repository_name& repository, operation work,
                                                 completion<void> done) const {
  auto of = ledger_ ? ledger_->places_of(repository) : quota_ledger::places{};
  if (of.empty())
    return {std::move(work), std::move(done)};
  auto refused = std::make_shared<std::optional<quota_ledger::place>>();
  auto limited = [this, of = std::move(of), work = std::move(work),
                  refused](auto& database) -> result<void> {
    refused->reset();
    const auto before = read(database, of);
    if (auto written = work(database); !written)
      return written;
    const auto after = read(database, of);
    for (std::size_t i = 0; i < of.size(); ++i)
      if (has_outgrown(ledger_->quotas()[of[i]], before[i], after[i])) {
        *refused = of[i];
        return ledger_->refusal(of[i], before[i], growth(before[i], after[i]));
      }
    return {};
  };
  // Not in the operation, which may run more than once.
  auto counted = [ledger = ledger_, refused, done = std::move(done)](result<void> outcome) {
    if (*refused)
      ledger->count_refusal(**refused);
    done(std::move(outcome));
  };
  return {std::move(limited), std::move(counted)};
}

void disk_quotas::publish() const noexcept {
  if (!database_)
    return;
  try {
    auto rows = database_->query("SELECT id, bytes, tags FROM quotas");
    while (rows.next())
      ledger_->set(static_cast<quota_ledger::place>(rows.integer(0)), use_in(rows, 1));
  } catch (const std::exception& failed) {
    telemetry::log().error("storage: the use of quotas could not be read: {}", failed.what());
  }
}

} // namespace gantry::storage
