#include "simulation/careless_collector.hpp"

#include "domain/digest.hpp"
#include "storage/disk/layout.hpp"
#include "storage/sqlite/connection.hpp"

#include <chrono>
#include <fcntl.h>
#include <string>
#include <utility>
#include <vector>

namespace gantry::simulation {

namespace {

using storage::sqlite::connection;
namespace layout = storage::layout;

class careless_collector : public forwarding_upkeep {
public:
  careless_collector(upkeep_engine& inner, mount& files, schedule& steps, registry::clock now)
    : forwarding_upkeep{inner}, files_{files}, steps_{steps}, now_{std::move(now)} {}

  void collect(const gc_policy& policy, progress_callback progress,
               completion<gc_report> done) override {
    try {
      connection database{{std::string{data_path} + '/' + layout::database, files_.database_vfs()},
                          connection::mode::write};
      const auto found = look(database);
      for (int i = 0; i < 60; ++i)
        steps_.give_way();
      remove(database, found);
    } catch (const storage::sqlite::failure&) {
      // The disk fails, or the process has ended.
    }
    forwarding_upkeep::collect(policy, std::move(progress), std::move(done));
  }

protected:
  struct candidate {
    std::int64_t repository;
    std::int64_t row;
    digest id;
  };

  virtual std::vector<candidate> look(connection& database) = 0;
  virtual void remove(connection& database, const std::vector<candidate>& found) = 0;

  std::int64_t now() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now_().time_since_epoch()).count();
  }
  static std::vector<candidate> read(storage::sqlite::rows rows) {
    std::vector<candidate> found;
    while (rows.next())
      found.push_back(
        {rows.integer(0), rows.integer(1), digest::from_binary(rows.text(2)).value()});
    return found;
  }

  mount& files_;

private:
  schedule& steps_;
  const registry::clock now_;
};

class careless_purge final : public careless_collector {
public:
  using careless_collector::careless_collector;

private:
  std::vector<candidate> look(connection& database) override {
    return read(database.query(
      "SELECT 0, id, digest FROM blobs WHERE state = 1 AND purge_after <= ?1", now()));
  }

  void remove(connection& database, const std::vector<candidate>& found) override {
    for (const auto& each : found) {
      database.execute("BEGIN IMMEDIATE");
      database.run("UPDATE totals SET bytes = bytes - COALESCE((SELECT size FROM blobs WHERE id = "
                   "?1), 0)",
                   each.row);
      database.run("DELETE FROM blob_contents WHERE blob_id = ?1", each.row);
      database.run("DELETE FROM blobs WHERE id = ?1", each.row);
      database.execute("COMMIT");
      const auto path = std::string{data_path} + '/' + layout::blobs + '/' +
                        std::string{to_string(each.id.algorithm())} + '/' +
                        layout::folder_name(layout::fan_out(each.id)) + '/' +
                        layout::file_name(each.id);
      files_.remove(AT_FDCWD, path.c_str());
    }
  }
};

class careless_unlink final : public careless_collector {
public:
  using careless_collector::careless_collector;

private:
  std::vector<candidate> look(connection& database) override {
    return read(database.query(
      "SELECT repository_id, blob_id, digest FROM links JOIN blobs ON blobs.id = blob_id WHERE "
      "lease_until <= ?1 AND NOT EXISTS (SELECT 1 FROM manifest_references AS r WHERE "
      "r.repository_id = links.repository_id AND r.digest = blobs.digest)",
      now()));
  }

  void remove(connection& database, const std::vector<candidate>& found) override {
    for (const auto& each : found)
      database.run("DELETE FROM links WHERE repository_id = ?1 AND blob_id = ?2", each.repository,
                   each.row);
  }
};

template <class Upkeep>
class careless_engine final : public forwarding_engine {
public:
  careless_engine(std::unique_ptr<storage_engine> inner, mount& files, schedule& steps,
                  const registry::clock& now)
    : forwarding_engine{std::move(inner)},
      upkeep_{forwarding_engine::upkeep(), files, steps, now} {}
  upkeep_engine& upkeep() override { return upkeep_; }

private:
  Upkeep upkeep_;
};

} // namespace

std::unique_ptr<storage_engine> purge_without_second_look(std::unique_ptr<storage_engine> inner,
                                                          mount& files, schedule& steps,
                                                          const registry::clock& now) {
  return std::make_unique<careless_engine<careless_purge>>(std::move(inner), files, steps, now);
}

std::unique_ptr<storage_engine> unlink_without_second_look(std::unique_ptr<storage_engine> inner,
                                                           mount& files, schedule& steps,
                                                           const registry::clock& now) {
  return std::make_unique<careless_engine<careless_unlink>>(std::move(inner), files, steps, now);
}

} // namespace gantry::simulation
