#include "storage/disk/repository.hpp"

#include "storage/disk/blob.hpp"
#include "storage/disk/manifest_rows.hpp"
#include "storage/disk/schema.hpp"

#include <boost/polymorphic_pointer_cast.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

result<void> link(sqlite::connection& database, std::string_view name, const disk_blob& linked) {
  if (const auto& published = linked.published()) {
    if (auto why = published->failure())
      return std::move(*why);
  }
  const auto row = find_row(database, linked.id());
  // A blob that is being purged, or whose bytes were found damaged meanwhile, admits no link.
  if (!row || (row->state != blob_state::live && row->state != blob_state::condemned))
    return fail(errc::blob_unknown, linked.id().to_string());
  if (row->state == blob_state::condemned)
    database.run("UPDATE blobs SET state = 0 WHERE id = ?1", row->id);
  database.run("INSERT INTO links VALUES (?1, ?2) ON CONFLICT DO NOTHING",
               make_repository(database, name), row->id);
  return {};
}

} // namespace

manifest_ptr disk_repository::memory::find(const std::string& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second;
}

void disk_repository::memory::keep(const std::string& key, manifest_ptr value) {
  if (value->bytes().size() > max_bytes / 4)
    return;
  if (entries_.size() >= max_entries || bytes_ + value->bytes().size() > max_bytes)
    clear();
  bytes_ += value->bytes().size();
  entries_.insert_or_assign(key, std::move(value));
}

void disk_repository::memory::clear() {
  entries_.clear();
  bytes_ = 0;
}

disk_repository::disk_repository(disk_store& store, const repository_name& name)
  : store_{store},
    name_{name.to_string()},
    generation_{store.uploads->generation},
    pending_{std::make_shared<std::atomic<std::size_t>>(0)} {}

bool disk_repository::may_remember() const {
  const auto changes = store_.outside_changes.load();
  if (std::exchange(remembered_changes_, changes) != changes)
    memory_.clear();
  return *pending_ == 0;
}

result<manifest_ptr> disk_repository::find_manifest(const reference& name) const {
  const auto key = to_string(name);
  const bool remember = may_remember();
  if (remember) {
    if (auto known = memory_.find(key))
      return known;
  }
  auto found = read_database(store_.readers, [&](auto& database) -> result<manifest_ptr> {
    const auto* by_tag = std::get_if<tag>(&name);
    auto row = by_tag
                 ? database.query("SELECT digest, media_type, content FROM manifests WHERE id = "
                                  "(SELECT manifest_id FROM tags WHERE repository_id = "
                                  "(SELECT id FROM repositories WHERE name = ?1) AND name = ?2)",
                                  std::string_view{name_}, std::string_view{key})
                 : database.query("SELECT digest, media_type, content FROM manifests WHERE "
                                  "repository_id = (SELECT id FROM repositories WHERE name = ?1) "
                                  "AND digest = ?2",
                                  std::string_view{name_},
                                  sqlite::bytes{std::get<digest>(name).to_binary()});
    if (!row.next())
      return fail(errc::manifest_unknown, key);
    return make_manifest(row.text(0), row.text(1), row.text(2));
  });
  if (found && remember)
    memory_.keep(key, *found);
  return found;
}

result<manifest_ptr> disk_repository::lease_manifest(const reference& name,
                                                     time_point lease_until) const {
  // A tag keeps its manifest anyway, and the moment at which it goes is in the database.
  if (const auto* id = std::get_if<digest>(&name); id && find_manifest(name))
    store_.holds.lease(name_, *id, lease_until);
  return find_manifest(name);
}

page<tag> disk_repository::list_tags(const page_request& request) const {
  page<tag> listed;
  if (request.limit == 0)
    return listed;
  const auto outcome = read_database(store_.readers, [&](auto& database) -> result<void> {
    auto names = database.query(
      "SELECT name FROM tags WHERE repository_id = (SELECT id FROM repositories WHERE name = ?1) "
      "AND name > ?2 ORDER BY name LIMIT ?3",
      std::string_view{name_}, std::string_view{request.last}, rows_for(request));
    while (names.next()) {
      if (listed.items.size() == request.limit) {
        listed.more = true;
        break;
      }
      listed.items.push_back(tag::parse_lenient(names.text(0)).value());
    }
    return {};
  });
  if (!outcome)
    throw storage_failure{outcome.error()};
  return listed;
}

referrers_page disk_repository::list_referrers(const digest& subject,
                                               const referrers_query& query) const {
  std::vector<referrer> found;
  const auto outcome = read_database(store_.readers, [&](auto& database) -> result<void> {
    auto rows = database.query(
      "SELECT digest, artifact_type, entry FROM referrers WHERE repository_id = "
      "(SELECT id FROM repositories WHERE name = ?1) AND subject = ?2 AND digest > ?3 "
      "ORDER BY digest",
      std::string_view{name_}, sqlite::bytes{subject.to_binary()},
      sqlite::bytes{query.last ? query.last->to_binary() : std::string{}});
    const auto& types = query.artifact_types;
    // One entry beyond the page, which holds one at least, shows that there are more.
    std::size_t bytes = 0;
    while ((found.size() < 2 || bytes <= query.max_bytes) && rows.next()) {
      std::string type{rows.text(1)};
      if (!types.empty() && std::find(types.begin(), types.end(), type) == types.end())
        continue;
      bytes += rows.text(2).size();
      found.push_back(
        {digest::from_binary(rows.text(0)).value(), std::move(type), std::string{rows.text(2)}});
    }
    return {};
  });
  if (!outcome)
    throw storage_failure{outcome.error()};
  return select_referrers(found, query);
}

result<blob_ptr> disk_repository::find_blob(const digest& id) const {
  return read_database(store_.readers, [&](auto& database) -> result<blob_ptr> {
    const auto row = find_row(database, id);
    if (row && row->state == blob_state::live &&
        database.number("SELECT 1 FROM links WHERE blob_id = ?2 AND repository_id = "
                        "(SELECT id FROM repositories WHERE name = ?1)",
                        0, std::string_view{name_}, row->id) == 1) {
      auto opened = open_row(store_, database, id, *row);
      if (!opened || *opened)
        return opened;
    }
    return fail(errc::blob_unknown, id.to_string());
  });
}

result<blob_ptr> disk_repository::lease_blob(const digest& id, time_point lease_until) const {
  const auto leased = lease_row(store_, id, lease_until);
  if (!leased)
    return leased.error();
  return *leased ? find_blob(id) : result<blob_ptr>{fail(errc::blob_unknown, id.to_string())};
}

bool disk_repository::has_manifests() const {
  const auto count = read_database(store_.readers, [&](auto& database) {
    return result<std::int64_t>{database.number(
      "SELECT manifests FROM repositories WHERE name = ?1", 0, std::string_view{name_})};
  });
  if (!count)
    throw storage_failure{count.error()};
  return *count > 0;
}

void disk_repository::submit(writer::operation work, completion<void> done) {
  memory_.clear();
  ++*pending_;
  auto checked = [this_generation = generation_, uploads = store_.uploads,
                  work = std::move(work)](sqlite::connection& database) -> result<void> {
    // Whoever had it open before everything was forgotten must not bring it back.
    if (uploads->generation != this_generation)
      return fail(errc::unavailable);
    return work(database);
  };
  store_.writes.submit(std::move(checked),
                       [pending = pending_, done = std::move(done)](result<void> outcome) {
                         --*pending;
                         done(std::move(outcome));
                       });
}

void disk_repository::put_manifest(manifest_write write, completion<missing_references> done) {
  auto missing = std::make_shared<missing_references>();
  submit(
    [name = name_, write = std::move(write), now = to_milliseconds(store_.now()),
     missing](sqlite::connection& database) -> result<void> {
      auto stored = storage::put_manifest(database, name, write, now);
      if (!stored)
        return std::move(stored).error();
      *missing = std::move(*stored);
      return {};
    },
    [missing, done = std::move(done)](result<void> outcome) {
      if (outcome)
        done(std::move(*missing));
      else
        done(std::move(outcome).error());
    });
}

void disk_repository::link_blob(blob_ptr linked, completion<void> done) {
  auto own = boost::polymorphic_pointer_downcast<const disk_blob>(linked);
  submit([name = name_, own = std::move(own)](
           sqlite::connection& database) { return link(database, name, *own); },
         std::move(done));
}

void disk_repository::unlink_blob(const digest& id, completion<void> done) {
  submit(
    [name = name_, id](sqlite::connection& database) -> result<void> {
      const auto removed = database.run(
        "DELETE FROM links WHERE repository_id = (SELECT id FROM repositories WHERE name = ?1) AND "
        "blob_id = (SELECT id FROM blobs WHERE digest = ?2)",
        std::string_view{name}, sqlite::bytes{id.to_binary()});
      return removed == 1 ? result<void>{} : result<void>{fail(errc::blob_unknown, id.to_string())};
    },
    std::move(done));
}

void disk_repository::delete_tag(const tag& name, completion<void> done) {
  submit(
    [repository = name_, name](sqlite::connection& database) -> result<void> {
      const auto removed = database.run(
        "DELETE FROM tags WHERE repository_id = (SELECT id FROM repositories WHERE name = ?1) AND "
        "name = ?2",
        std::string_view{repository}, std::string_view{name.to_string()});
      return removed == 1 ? result<void>{}
                          : result<void>{fail(errc::manifest_unknown, name.to_string())};
    },
    std::move(done));
}

void disk_repository::delete_manifest(const digest& id, completion<void> done) {
  submit(
    [name = name_, id](sqlite::connection& database) -> result<void> {
      const auto repository = find_repository(database, name);
      if (repository == no_row || !remove_manifest(database, repository, id))
        return fail(errc::manifest_unknown, id.to_string());
      return {};
    },
    std::move(done));
}

void disk_repository::hold_until(time_point until) {
  store_.holds.hold(name_, until);
}

} // namespace gantry::storage
