#include "storage/disk/manifest_rows.hpp"

#include "domain/references.hpp"
#include "domain/tag_changes.hpp"
#include "storage/disk/held_rows.hpp"
#include "storage/disk/history_rows.hpp"
#include "storage/disk/kept_rows.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

constexpr std::int64_t none = no_row;

void make_young(sqlite::connection& database, std::int64_t row, std::int64_t now) {
  database.run("UPDATE manifest_states SET young_since = ?2, state = state & 1 "
               "WHERE manifest_id = ?1",
               row, now);
}

/// Likewise for the children of an index and for its referrers. Referrers may be many, so one
/// `lost_subjects` row covers them all.
void make_dependents_young(sqlite::connection& database, std::int64_t repository,
                           const manifest& value, std::int64_t now) {
  for (const auto& child : value.children())
    database.run("UPDATE manifest_states SET young_since = ?3 WHERE manifest_id = "
                 "(SELECT id FROM manifests WHERE repository_id = ?1 AND digest = ?2)",
                 repository, sqlite::bytes{child.target.to_binary()}, now);
  database.run("INSERT OR REPLACE INTO lost_subjects SELECT ?1, ?2, ?3 WHERE EXISTS "
               "(SELECT 1 FROM referrers WHERE repository_id = ?1 AND subject = ?2)",
               repository, sqlite::bytes{value.id().to_binary()}, now);
}

/// If `value` is null because the row is damaged, all references of the repository are searched:
/// the bytes cannot say what they were.
void remove_references(sqlite::connection& database, std::int64_t repository, std::int64_t row,
                       const manifest_ptr& value) {
  if (!value) {
    database.run("DELETE FROM manifest_references WHERE repository_id = ?1 AND manifest_id = ?2",
                 repository, row);
    return;
  }
  for (const auto& named : references_of(*value))
    database.run("DELETE FROM manifest_references WHERE repository_id = ?1 AND digest = ?2 AND "
                 "manifest_id = ?3",
                 repository, sqlite::bytes{named.to_binary()}, row);
}

/// Blobs that no other manifest of the repository needs can no longer be pulled from it.
void unlink_unneeded(sqlite::connection& database, std::int64_t repository, const manifest& value) {
  for (const auto& named : references_of(value)) {
    const auto key = named.to_binary();
    database.run("DELETE FROM links WHERE repository_id = ?1 AND blob_id = (SELECT id FROM blobs "
                 "WHERE digest = ?2) AND NOT EXISTS (SELECT 1 FROM manifest_references WHERE "
                 "repository_id = ?1 AND digest = ?2)",
                 repository, sqlite::bytes{key});
    database.run("UPDATE blobs SET state = 4 WHERE digest = ?1 AND state = 0 AND NOT EXISTS "
                 "(SELECT 1 FROM links WHERE blob_id = blobs.id)",
                 sqlite::bytes{key});
  }
}

} // namespace

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
  // Trusted or sound: the digest of a row is compared with its bytes when it is read.
  const auto state = is_intact(value.id(), value.bytes(), manifest_state::sound)
                       ? manifest_state::sound
                       : manifest_state::trusted;
  database.run("INSERT INTO manifest_states VALUES (?1, ?2, ?3)", row, now,
               static_cast<std::int64_t>(state));
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

void make_target_young(sqlite::connection& database, std::int64_t repository, std::string_view name,
                       std::int64_t now) {
  database.run("UPDATE manifest_states SET young_since = ?3 WHERE manifest_id = "
               "(SELECT manifest_id FROM tags WHERE repository_id = ?1 AND name = ?2)",
               repository, name, now);
}

void point_tag(sqlite::connection& database, std::int64_t repository, std::string_view name,
               std::int64_t manifest_row) {
  database.run("INSERT INTO tags VALUES (?1, ?2, ?3) "
               "ON CONFLICT (repository_id, name) DO UPDATE SET manifest_id = ?3",
               repository, name, manifest_row);
}

std::vector<std::string> tags_of(sqlite::connection& database, std::int64_t manifest_row) {
  std::vector<std::string> names;
  auto tags = database.query("SELECT name FROM tags WHERE manifest_id = ?1", manifest_row);
  while (tags.next())
    names.emplace_back(tags.text(0));
  return names;
}

std::optional<tag_target> find_target(sqlite::connection& database, std::int64_t repository,
                                      std::string_view name) {
  auto found =
    database.query("SELECT digest, media_type, LENGTH(content) FROM manifests WHERE id = "
                   "(SELECT manifest_id FROM tags WHERE repository_id = ?1 AND name = ?2)",
                   repository, name);
  if (!found.next())
    return std::nullopt;
  return tag_target{digest::from_binary(found.text(0)).value(), std::string{found.text(1)},
                    static_cast<std::uint64_t>(found.integer(2))};
}

namespace {

/// Whether the row has these bytes and this media type. If not, it is replaced: its digest was
/// trusted, its type is corrected, or it is damaged.
bool is_same(sqlite::connection& database, std::int64_t row, const manifest& value) {
  auto stored = database.query("SELECT media_type, content FROM manifests WHERE id = ?1", row);
  return stored.next() && stored.text(0) == value.type().to_string() &&
         stored.text(1) == value.bytes();
}

/// Before it is removed.
void record_tag_removal(sqlite::connection& database, std::int64_t repository,
                        std::string_view name, const changer_ptr& by, std::int64_t now) {
  if (const auto lost = find_target(database, repository, name))
    change_writer{database, repository, by, now}.add({.kind = change_kind::remove,
                                                      .name = name,
                                                      .before = lost->id,
                                                      .size = lost->size,
                                                      .media_type = lost->media_type});
}

/// Tells the history which tags change, and restarts the grace periods of the manifests that they
/// leave. Before it is applied.
void record_put(sqlite::connection& database, std::int64_t repository, const manifest_write& write,
                bool is_new, std::int64_t now, change_writer& log) {
  const auto& value = *write.value;
  history_row row{
    .after = value.id(), .size = value.bytes().size(), .media_type = value.type().to_string()};
  const auto before_write = [&](const tag& name) {
    const auto found = find_target(database, repository, name.to_string());
    return found ? std::optional{found->id} : std::nullopt;
  };
  const auto record = [&](const std::optional<tag>& name, change_kind kind,
                          const std::optional<digest>& before) {
    if (before)
      make_target_young(database, repository, name->to_string(), now);
    row.name = name ? std::optional<std::string_view>{name->to_string()} : std::nullopt;
    row.kind = kind;
    row.before = before;
    log.add(row);
  };
  for_each_change(write, is_new, before_write, record);
}

} // namespace

std::int64_t find_repository(sqlite::connection& database, std::string_view name) {
  return database.number("SELECT id FROM repositories WHERE name = ?1", none, name);
}

std::int64_t make_repository(sqlite::connection& database, std::string_view name) {
  if (const auto present = find_repository(database, name); present != none)
    return present;
  database.run("INSERT INTO repositories (name) VALUES (?1)", name);
  return database.last_insert_id();
}

manifest_ptr make_manifest(std::string_view key, std::string_view type, std::string_view content) {
  const auto id = digest::from_binary(key);
  auto media = media_type::parse(type);
  if (id && media)
    return std::make_shared<const manifest>(
      manifest::stored(std::string{content}, *id, std::move(*media)));
  return std::make_shared<const manifest>(
    manifest::accept(std::string{content}, media ? std::optional{std::move(*media)} : std::nullopt,
                     id ? std::optional{*id} : std::nullopt));
}

std::int64_t find_manifest_row(sqlite::connection& database, std::int64_t repository,
                               const digest& id) {
  return database.number("SELECT id FROM manifests WHERE repository_id = ?1 AND digest = ?2", none,
                         repository, sqlite::bytes{id.to_binary()});
}

manifest_ptr intact_manifest(const sqlite::rows& row) {
  const auto id = digest::from_binary(row.text(0)).value();
  if (!is_intact(id, row.text(2), static_cast<manifest_state>(row.integer(3))))
    return nullptr;
  return make_manifest(row.text(0), row.text(1), row.text(2));
}

manifest_ptr read_manifest(sqlite::connection& database, std::int64_t row) {
  auto found = database.query("SELECT digest, media_type, content, state FROM manifests JOIN "
                              "manifest_states ON manifest_id = id WHERE id = ?1",
                              row);
  return found.next() ? intact_manifest(found) : nullptr;
}

result<void> check_not_needed(sqlite::connection& database, std::int64_t repository,
                              const digest& id, const tag_patterns& immutable) {
  if (immutable.empty())
    return {};
  auto tags = database.query(
    "WITH RECURSIVE needing (id) AS ("
    "SELECT id FROM manifests WHERE repository_id = ?1 AND digest = ?2 UNION "
    "SELECT manifest_id FROM manifest_references WHERE repository_id = ?1 AND digest = ?2 UNION "
    "SELECT named.manifest_id FROM needing JOIN manifests ON manifests.id = needing.id "
    "JOIN manifest_references AS named ON named.repository_id = ?1 AND "
    "named.digest = manifests.digest) "
    "SELECT tags.name FROM needing JOIN tags ON tags.manifest_id = needing.id",
    repository, sqlite::bytes{id.to_binary()});
  while (tags.next())
    if (immutable.match(tags.text(0)))
      return fail(errc::tag_immutable, tags.text(0));
  return {};
}

result<void> check_quota(sqlite::connection& database, std::int64_t repository,
                         std::size_t max_repositories) {
  if (max_repositories == 0 ||
      database.number("SELECT manifests FROM repositories WHERE id = ?1", 0, repository) > 0)
    return {};
  const auto count = database.number("SELECT COUNT(*) FROM repositories WHERE manifests > 0", 0);
  if (count >= static_cast<std::int64_t>(max_repositories))
    return fail(errc::quota_reached, "the limit is " + std::to_string(max_repositories));
  return {};
}

result<void> check_tags(sqlite::connection& database, std::int64_t repository,
                        const manifest_write& write) {
  for (const auto& name : write.immutable_tags) {
    auto target = database.query("SELECT manifests.digest FROM tags JOIN manifests "
                                 "ON manifests.id = manifest_id "
                                 "WHERE tags.repository_id = ?1 AND name = ?2",
                                 repository, std::string_view{name.to_string()});
    if (target.next() && target.text(0) != write.value->id().to_binary())
      return fail(errc::tag_immutable, name.to_string());
  }
  return {};
}

result<missing_references> put_manifest(sqlite::connection& database, std::string_view name,
                                        const manifest_write& write, const tag_patterns& immutable,
                                        std::int64_t now) {
  const auto repository = make_repository(database, name);
  if (auto allowed = check_tags(database, repository, write); !allowed)
    return std::move(allowed).error();
  if (auto room = check_quota(database, repository, write.max_repositories); !room)
    return std::move(room).error();
  auto missing = check_references(
    write, [&](auto wanted, auto found) { find_held(database, repository, wanted, found); });
  if (!missing)
    return missing;
  change_writer log{database, repository, write.by, now};
  if (auto stored = store_manifest(database, repository, write, immutable, now, log); !stored)
    return std::move(stored).error();
  return missing;
}

result<bool> store_manifest(sqlite::connection& database, std::int64_t repository,
                            const manifest_write& write, const tag_patterns& immutable,
                            std::int64_t now, change_writer& log) {
  const auto& value = *write.value;
  auto row = find_manifest_row(database, repository, value.id());
  const bool is_new = row == none;
  record_put(database, repository, write, is_new, now, log);
  std::vector<std::string> kept_tags;
  if (row != none && !is_same(database, row, value)) {
    if (auto free = check_not_needed(database, repository, value.id(), immutable); !free)
      return std::move(free).error();
    kept_tags = tags_of(database, row);
    remove_manifest(database, repository, value.id());
    row = none;
  }
  if (row == none)
    row = insert_manifest(database, repository, value, now);
  else
    make_young(database, row, now);
  for (const auto& each : write.tags)
    kept_tags.push_back(each.to_string());
  for (const auto& each : kept_tags)
    point_tag(database, repository, each, row);
  return is_new;
}

bool is_intact(const digest& id, std::string_view content, manifest_state state) {
  if (state != manifest_state::sound)
    return state == manifest_state::trusted;
  return id.algorithm() == digest_algorithm::verbatim || digest::of(content, id.algorithm()) == id;
}

void mark_damaged(sqlite::connection& database, std::string_view repository, const digest& id) {
  std::int64_t row = none;
  {
    auto found = database.query(
      "SELECT id, content, (SELECT state FROM manifest_states WHERE manifest_id = manifests.id) "
      "FROM manifests WHERE repository_id = (SELECT id FROM repositories WHERE name = ?1) AND "
      "digest = ?2",
      repository, sqlite::bytes{id.to_binary()});
    if (!found.next() ||
        is_intact(id, found.text(1), static_cast<manifest_state>(found.integer(2))))
      return;
    row = found.integer(0);
  }
  const auto marked =
    database.run("UPDATE manifest_states SET state = 2 WHERE manifest_id = ?1 AND state = 0", row);
  if (marked == 1)
    telemetry::log().error("storage: the manifest {}@{} holds other bytes: it is unknown until it "
                           "is pushed again",
                           repository, id.to_string());
}

std::size_t record_removal(sqlite::connection& database, std::int64_t repository, const digest& id,
                           change_kind kind, change_writer& log) {
  std::vector<std::string> names;
  history_row row{.kind = kind, .before = id};
  std::string type;
  {
    auto found = database.query("SELECT id, media_type, LENGTH(content) FROM manifests "
                                "WHERE repository_id = ?1 AND digest = ?2",
                                repository, sqlite::bytes{id.to_binary()});
    if (!found.next())
      return 0;
    type = found.text(1);
    row.size = static_cast<std::uint64_t>(found.integer(2));
    names = tags_of(database, found.integer(0));
  }
  row.media_type = type;
  for (const auto& name : names) {
    row.name = name;
    log.add(row);
  }
  row.name.reset();
  log.add(row);
  return names.size();
}

bool remove_tag(sqlite::connection& database, std::string_view repository, std::string_view name,
                const changer_ptr& by, std::int64_t now) {
  const auto row = find_repository(database, repository);
  record_tag_removal(database, row, name, by, now);
  make_target_young(database, row, name, now);
  return database.run("DELETE FROM tags WHERE repository_id = ?1 AND name = ?2", row, name) == 1;
}

bool remove_manifest(sqlite::connection& database, std::int64_t repository, const digest& id,
                     std::optional<std::int64_t> now) {
  const auto key = id.to_binary();
  std::int64_t row = none;
  manifest_ptr value;
  bool is_whole = false;
  {
    auto found = database.query("SELECT id, media_type, content FROM manifests "
                                "WHERE repository_id = ?1 AND digest = ?2",
                                repository, sqlite::bytes{key});
    if (!found.next())
      return false;
    row = found.integer(0);
    value = make_manifest(key, found.text(1), found.text(2));
    is_whole = is_intact(id, found.text(2), manifest_state::sound);
  }
  if (now)
    make_dependents_young(database, repository, *value, *now);
  remove_references(database, repository, row, is_whole ? value : nullptr);
  database.run("DELETE FROM referrers WHERE repository_id = ?1 AND subject = "
               "(SELECT subject FROM manifests WHERE id = ?3) AND digest = ?2",
               repository, sqlite::bytes{key}, row);
  database.run("DELETE FROM tags WHERE manifest_id = ?1", row);
  database.run("DELETE FROM manifest_states WHERE manifest_id = ?1", row);
  database.run("DELETE FROM manifests WHERE id = ?1", row);
  database.run("UPDATE repositories SET manifests = manifests - 1 WHERE id = ?1", repository);
  database.run("UPDATE totals SET bytes = bytes - ?1",
               static_cast<std::int64_t>(value->bytes().size()));
  return true;
}

bool drop_manifest(sqlite::connection& database, std::int64_t repository, const digest& id,
                   remains leaves, std::int64_t now) {
  const auto row = find_manifest_row(database, repository, id);
  const auto kept = find_kept(database, repository, id);
  auto value = read_manifest(database, row);
  if (leaves == remains::kept && value)
    keep_manifest(database, repository, row, *value, now);
  bool was_there = remove_manifest(database, repository, id, now);
  if (leaves == remains::purged && kept != none) {
    value = value ? value : read_kept(database, kept);
    forget_kept(database, kept);
    was_there = true;
  }
  if (leaves == remains::purged && value)
    unlink_unneeded(database, repository, *value);
  return was_there;
}

} // namespace gantry::storage
