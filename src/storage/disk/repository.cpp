#include "storage/disk/repository.hpp"

#include "domain/references.hpp"
#include "storage/disk/blob.hpp"
#include "storage/disk/schema.hpp"

#include <boost/polymorphic_pointer_cast.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

constexpr std::int64_t none = -1;

std::int64_t find_repository(sqlite::connection& database, std::string_view name) {
  return database.number("SELECT id FROM repositories WHERE name = ?1", none, name);
}

std::int64_t make_repository(sqlite::connection& database, std::string_view name) {
  if (const auto present = find_repository(database, name); present != none)
    return present;
  database.run("INSERT INTO repositories (name) VALUES (?1)", name);
  return database.last_insert_id();
}

/// What a row of `manifests` holds; never fails, for it was looked at when it came.
manifest_ptr make_manifest(std::string_view key, std::string_view type, std::string_view content) {
  const auto id = digest::from_binary(key);
  auto media = media_type::parse(type);
  return std::make_shared<const manifest>(
    manifest::accept(std::string{content}, media ? std::optional{std::move(*media)} : std::nullopt,
                     id ? std::optional{*id} : std::nullopt));
}

/// Every digest that the manifest names, each once.
std::vector<digest> references_of(const manifest& value) {
  std::vector<digest> named;
  std::unordered_set<digest> seen;
  const auto add = [&](const digest& target) {
    if (seen.insert(target).second)
      named.push_back(target);
  };
  for (const auto& needed : value.required_blobs())
    add(needed.target);
  for (const auto& layer : value.layers())
    add(layer.target);
  for (const auto& child : value.children())
    add(child.target);
  return named;
}

bool is_linked(sqlite::connection& database, std::int64_t repository, const digest& id) {
  return database.number("SELECT 1 FROM links WHERE repository_id = ?1 AND "
                         "blob_id = (SELECT id FROM blobs WHERE digest = ?2 AND state = 0)",
                         0, repository, sqlite::bytes{id.to_binary()}) == 1;
}

std::int64_t find_manifest_row(sqlite::connection& database, std::int64_t repository,
                               const digest& id) {
  return database.number("SELECT id FROM manifests WHERE repository_id = ?1 AND digest = ?2", none,
                         repository, sqlite::bytes{id.to_binary()});
}

result<void> check_conditions(sqlite::connection& database, std::int64_t repository,
                              const manifest_write& write) {
  for (const auto& name : write.immutable_tags) {
    auto target = database.query("SELECT manifests.digest FROM tags JOIN manifests "
                                 "ON manifests.id = manifest_id "
                                 "WHERE tags.repository_id = ?1 AND name = ?2",
                                 repository, std::string_view{name.to_string()});
    if (target.next() && target.text(0) != write.value->id().to_binary())
      return fail(errc::tag_immutable, name.to_string());
  }
  const auto holds_some =
    database.number("SELECT manifests FROM repositories WHERE id = ?1", 0, repository) > 0;
  if (write.max_repositories != 0 && !holds_some) {
    const auto count = database.number("SELECT COUNT(*) FROM repositories WHERE manifests > 0", 0);
    if (count >= static_cast<std::int64_t>(write.max_repositories))
      return fail(errc::quota_reached, "limit " + std::to_string(write.max_repositories));
  }
  if (!write.require_references)
    return {};
  return check_references(
    *write.value, [&](const digest& id) { return is_linked(database, repository, id); },
    [&](const digest& id) { return find_manifest_row(database, repository, id) != none; });
}

std::int64_t insert_manifest(sqlite::connection& database, std::int64_t repository,
                             const manifest& value, std::int64_t now) {
  const auto key = value.id().to_binary();
  const auto subject = value.subject() ? value.subject()->target.to_binary() : std::string{};
  if (value.subject())
    database.run("INSERT INTO manifests (repository_id, digest, media_type, subject, created, "
                 "content) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                 repository, sqlite::bytes{key}, std::string_view{value.type().to_string()},
                 sqlite::bytes{subject}, now, sqlite::bytes{value.bytes()});
  else
    database.run("INSERT INTO manifests (repository_id, digest, media_type, created, content) "
                 "VALUES (?1, ?2, ?3, ?4, ?5)",
                 repository, sqlite::bytes{key}, std::string_view{value.type().to_string()}, now,
                 sqlite::bytes{value.bytes()});
  const auto row = database.last_insert_id();
  for (const auto& named : references_of(value))
    database.run("INSERT INTO manifest_references VALUES (?1, ?2, ?3)", repository,
                 sqlite::bytes{named.to_binary()}, row);
  if (value.subject())
    database.run("INSERT INTO referrers VALUES (?1, ?2, ?3, ?4, ?5)", repository,
                 sqlite::bytes{subject}, sqlite::bytes{key},
                 std::string_view{value.artifact_type()}, std::string_view{value.referrer_entry()});
  database.run("UPDATE repositories SET manifests = manifests + 1 WHERE id = ?1", repository);
  database.run("UPDATE totals SET bytes = bytes + ?1",
               static_cast<std::int64_t>(value.bytes().size()));
  return row;
}

/// The manifest of the row, or null where the row has other bytes or another type: only where
/// digests are trusted, or a type was corrected.
bool is_same(sqlite::connection& database, std::int64_t row, const manifest& value) {
  auto stored = database.query("SELECT media_type, content FROM manifests WHERE id = ?1", row);
  return stored.next() && stored.text(0) == value.type().to_string() &&
         stored.text(1) == value.bytes();
}

std::vector<std::string> tags_of(sqlite::connection& database, std::int64_t manifest_row) {
  std::vector<std::string> names;
  auto tags = database.query("SELECT name FROM tags WHERE manifest_id = ?1", manifest_row);
  while (tags.next())
    names.emplace_back(tags.text(0));
  return names;
}

result<void> put(sqlite::connection& database, std::string_view name, const manifest_write& write,
                 std::int64_t now) {
  const auto repository = make_repository(database, name);
  if (auto allowed = check_conditions(database, repository, write); !allowed)
    return allowed;
  const auto& value = *write.value;
  auto row = find_manifest_row(database, repository, value.id());
  std::vector<std::string> kept_tags;
  if (row != none && !is_same(database, row, value)) {
    kept_tags = tags_of(database, row);
    remove_manifest(database, repository, value.id());
    row = none;
  }
  if (row == none)
    row = insert_manifest(database, repository, value, now);
  for (const auto& each : write.tags)
    kept_tags.push_back(each.to_string());
  for (const auto& each : kept_tags)
    database.run("INSERT INTO tags VALUES (?1, ?2, ?3) "
                 "ON CONFLICT (repository_id, name) DO UPDATE SET manifest_id = ?3",
                 repository, std::string_view{each}, row);
  return {};
}

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

bool remove_manifest(sqlite::connection& database, std::int64_t repository, const digest& id) {
  const auto key = id.to_binary();
  std::int64_t row = none;
  manifest_ptr value;
  {
    auto found = database.query("SELECT id, media_type, content FROM manifests "
                                "WHERE repository_id = ?1 AND digest = ?2",
                                repository, sqlite::bytes{key});
    if (!found.next())
      return false;
    row = found.integer(0);
    value = make_manifest(key, found.text(1), found.text(2));
  }
  for (const auto& named : references_of(*value))
    database.run("DELETE FROM manifest_references WHERE repository_id = ?1 AND digest = ?2 AND "
                 "manifest_id = ?3",
                 repository, sqlite::bytes{named.to_binary()}, row);
  if (value->subject())
    database.run("DELETE FROM referrers WHERE repository_id = ?1 AND subject = ?2 AND digest = ?3",
                 repository, sqlite::bytes{value->subject()->target.to_binary()},
                 sqlite::bytes{key});
  database.run("DELETE FROM tags WHERE manifest_id = ?1", row);
  database.run("DELETE FROM manifests WHERE id = ?1", row);
  database.run("UPDATE repositories SET manifests = manifests - 1 WHERE id = ?1", repository);
  database.run("UPDATE totals SET bytes = bytes - ?1",
               static_cast<std::int64_t>(value->bytes().size()));
  return true;
}

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

void disk_repository::put_manifest(manifest_write write, completion<void> done) {
  submit([name = name_, write = std::move(write), now = to_milliseconds(store_.now())](
           sqlite::connection& database) { return put(database, name, write, now); },
         std::move(done));
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
      if (repository == none || !remove_manifest(database, repository, id))
        return fail(errc::manifest_unknown, id.to_string());
      return {};
    },
    std::move(done));
}

} // namespace gantry::storage
