#include "listing/content.hpp"

#include "base/text.hpp"
#include "listing/database.hpp"

#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gantry::listing {

namespace {

using storage::sqlite::bytes;

/// More are not shown.
constexpr std::size_t max_platforms = 32;
/// Sums of an image, and of an index of as many as a manifest can name, are below these.
constexpr std::uint64_t max_image_size = std::uint64_t{1} << 44U;

std::string join_platforms(std::set<std::string> platforms) {
  while (platforms.size() > max_platforms)
    platforms.erase(std::prev(platforms.end()));
  return join({platforms.begin(), platforms.end()}, ",");
}

void add_platforms(std::set<std::string>& all, std::string_view platforms) {
  for (const auto each : split(platforms, ','))
    all.emplace(each);
}

} // namespace

content::content(storage::sqlite::connection& rows, const repository_name& name)
  : rows_{rows},
    name_{name},
    id_{rows_.number("SELECT id FROM repositories WHERE name = ?1", 0,
                     std::string_view{name.to_string()})} {}

void content::make() {
  if (id_ != 0)
    return;
  const std::string_view name = name_.to_string();
  rows_.run("INSERT INTO repositories (name, pulls, pulled) SELECT ?1, COALESCE(SUM(pulls), 0), "
            "COALESCE(MAX(last), 0) FROM pulls WHERE repository = ?1",
            name);
  id_ = rows_.last_insert_id();
}

void content::leave_if_empty() {
  if (rows_.run("DELETE FROM repositories WHERE id = ?1 AND manifests = 0 AND tags = 0", id_) > 0)
    id_ = 0;
}

bool content::has_manifest(const digest& id) {
  return rows_.number("SELECT 1 FROM manifests WHERE repository_id = ?1 AND digest = ?2", 0, id_,
                      bytes{id.to_binary()}) == 1;
}

void content::add_manifest(const manifest_facts& facts) {
  if (id_ != 0 && has_manifest(facts.id))
    return;
  make();
  std::uint64_t content_bytes = facts.bytes;
  for (const auto& blob : facts.blobs)
    content_bytes += blob.size;
  rows_.run("INSERT INTO manifests (repository_id, digest, media_type, artifact_type, bytes, "
            "content_bytes, size, platform, platforms, subject) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, -1, ?7, '', ?8)",
            id_, bytes{facts.id.to_binary()}, std::string_view{facts.media_type},
            std::string_view{facts.artifact_type}, static_cast<std::int64_t>(facts.bytes),
            static_cast<std::int64_t>(std::min(content_bytes, max_image_size)),
            std::string_view{facts.platform},
            bytes{facts.subject ? facts.subject->to_binary() : std::string{}});
  const auto row = rows_.last_insert_id();
  rows_.run("UPDATE repositories SET manifests = manifests + 1 WHERE id = ?1", id_);
  count_bytes(id_, static_cast<std::int64_t>(facts.bytes), 0);
  for (const auto& blob : facts.blobs)
    add_blob(row, blob);
  for (const auto& each : facts.children)
    rows_.run("INSERT INTO children VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", id_,
              bytes{each.target.to_binary()}, row, std::string_view{each.platform});
  for (const auto& each : facts.facts)
    rows_.run("INSERT INTO facts VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", row,
              static_cast<std::int64_t>(each.kind), std::string_view{each.key},
              std::string_view{each.value});
  if (facts.subject)
    count_referrer(*facts.subject, facts.artifact_type, 1);
  refresh(row);
  refresh_parents(facts.id);
}

void content::remove_manifest(const digest& id) {
  std::int64_t row = 0;
  std::int64_t own = 0;
  std::string artifact_type;
  std::optional<digest> subject;
  {
    auto found = rows_.query("SELECT id, bytes, artifact_type, subject FROM manifests WHERE "
                             "repository_id = ?1 AND digest = ?2",
                             id_, bytes{id.to_binary()});
    if (!found.next())
      return;
    row = found.integer(0);
    own = found.integer(1);
    artifact_type = found.text(2);
    if (auto named = digest::from_binary(found.text(3)))
      subject = std::move(*named);
  }
  remove_blobs(row);
  rows_.run("DELETE FROM children WHERE parent = ?1", row);
  rows_.run("DELETE FROM facts WHERE manifest_id = ?1", row);
  rows_.run("DELETE FROM manifests WHERE id = ?1", row);
  rows_.run("UPDATE repositories SET manifests = manifests - 1 WHERE id = ?1", id_);
  count_bytes(id_, -own, 0);
  if (subject)
    count_referrer(*subject, artifact_type, -1);
  refresh_parents(id);
  leave_if_empty();
}

void content::count_bytes(std::int64_t repository, std::int64_t own, std::int64_t shared) {
  // Claimed sizes of blobs that are not here could exceed any number.
  rows_.run("UPDATE repositories SET own_bytes = MAX(0, MIN(own_bytes + ?2, 1 << 60)), "
            "shared_bytes = MAX(0, MIN(shared_bytes + ?3, 1 << 60)) WHERE id = ?1",
            repository, own, shared);
}

void content::add_blob(std::int64_t manifest, const descriptor& blob) {
  const auto binary = blob.target.to_binary();
  const bytes key{binary};
  rows_.run("INSERT INTO blobs (digest, size, repositories) VALUES (?1, ?2, 0) "
            "ON CONFLICT DO NOTHING",
            key, static_cast<std::int64_t>(blob.size));
  std::int64_t id = 0;
  std::int64_t size = 0;
  std::int64_t repositories = 0;
  {
    auto row = rows_.query("SELECT id, size, repositories FROM blobs WHERE digest = ?1", key);
    row.next();
    id = row.integer(0);
    size = row.integer(1);
    repositories = row.integer(2);
  }
  rows_.run("INSERT INTO manifest_blobs VALUES (?1, ?2)", manifest, id);
  if (rows_.run("UPDATE blob_uses SET manifests = manifests + 1 WHERE blob_id = ?1 AND "
                "repository_id = ?2",
                id, id_) > 0)
    return;
  if (repositories == 1) {
    const auto other =
      rows_.number("SELECT repository_id FROM blob_uses WHERE blob_id = ?1", 0, id);
    count_bytes(other, -size, size);
  }
  rows_.run("INSERT INTO blob_uses VALUES (?1, ?2, 1)", id, id_);
  rows_.run("UPDATE blobs SET repositories = repositories + 1 WHERE id = ?1", id);
  count_bytes(id_, repositories == 0 ? size : 0, repositories == 0 ? 0 : size);
}

void content::remove_blobs(std::int64_t manifest) {
  struct named_blob {
    std::int64_t id;
    std::int64_t size;
    std::int64_t repositories;
  };
  std::vector<named_blob> blobs;
  {
    auto row = rows_.query("SELECT blobs.id, size, repositories FROM manifest_blobs JOIN blobs ON "
                           "blobs.id = blob_id WHERE manifest_id = ?1",
                           manifest);
    while (row.next())
      blobs.push_back({row.integer(0), row.integer(1), row.integer(2)});
  }
  rows_.run("DELETE FROM manifest_blobs WHERE manifest_id = ?1", manifest);
  for (const auto& blob : blobs) {
    rows_.run("UPDATE blob_uses SET manifests = manifests - 1 WHERE blob_id = ?1 AND "
              "repository_id = ?2",
              blob.id, id_);
    if (rows_.run("DELETE FROM blob_uses WHERE blob_id = ?1 AND repository_id = ?2 AND "
                  "manifests = 0",
                  blob.id, id_) == 0)
      continue;
    const bool is_last = blob.repositories == 1;
    count_bytes(id_, is_last ? -blob.size : 0, is_last ? 0 : -blob.size);
    rows_.run("UPDATE blobs SET repositories = repositories - 1 WHERE id = ?1", blob.id);
    if (is_last)
      rows_.run("DELETE FROM blobs WHERE id = ?1", blob.id);
    if (blob.repositories == 2) {
      const auto other =
        rows_.number("SELECT repository_id FROM blob_uses WHERE blob_id = ?1", 0, blob.id);
      count_bytes(other, blob.size, -blob.size);
    }
  }
}

void content::count_referrer(const digest& subject, std::string_view artifact_type,
                             std::int64_t more) {
  const auto binary = subject.to_binary();
  const bytes key{binary};
  rows_.run("INSERT INTO referrers VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
            "count = count + ?4",
            id_, key, artifact_type, more);
  if (more < 0)
    rows_.run("DELETE FROM referrers WHERE repository_id = ?1 AND subject = ?2 AND "
              "artifact_type = ?3 AND count = 0",
              id_, key, artifact_type);
  rows_.run("UPDATE tags SET referrers = referrers + ?3 WHERE repository_id = ?1 AND digest = ?2",
            id_, key, more);
}

void content::refresh(std::int64_t manifest) {
  std::string key;
  std::int64_t size = 0;
  std::set<std::string> platforms;
  std::int64_t old_size = 0;
  std::string old_platforms;
  {
    auto row = rows_.query("SELECT digest, content_bytes, platform, size, platforms FROM manifests "
                           "WHERE id = ?1",
                           manifest);
    if (!row.next())
      return;
    key = row.text(0);
    size = row.integer(1);
    add_platforms(platforms, row.text(2));
    old_size = row.integer(3);
    old_platforms = row.text(4);
  }
  {
    auto row =
      rows_.query("SELECT content_bytes, children.platform, manifests.platform FROM children "
                  "LEFT JOIN manifests ON manifests.repository_id = ?2 AND "
                  "manifests.digest = children.digest WHERE parent = ?1",
                  manifest, id_);
    while (row.next()) {
      size += row.integer(0);
      add_platforms(platforms, row.text(1).empty() ? row.text(2) : row.text(1));
    }
  }
  const auto shown = join_platforms(std::move(platforms));
  if (size == old_size && shown == old_platforms)
    return;
  rows_.run("UPDATE manifests SET size = ?2, platforms = ?3 WHERE id = ?1", manifest, size,
            std::string_view{shown});
  rows_.run("UPDATE tags SET media_type = m.media_type, size = m.size, platforms = m.platforms "
            "FROM manifests AS m WHERE m.id = ?3 AND tags.repository_id = ?1 AND tags.digest = ?2",
            id_, bytes{key}, manifest);
}

void content::refresh_parents(const digest& id) {
  std::vector<std::int64_t> parents;
  {
    auto row = rows_.query("SELECT parent FROM children WHERE repository_id = ?1 AND digest = ?2",
                           id_, bytes{id.to_binary()});
    while (row.next())
      parents.push_back(row.integer(0));
  }
  for (const auto each : parents)
    refresh(each);
}

void content::set_tag(const tag_state& state, const target_facts& otherwise) {
  make();
  const auto& name = state.name.to_string();
  const auto target = state.target.to_binary();
  const bool is_new = rows_.number("SELECT 1 FROM tags WHERE repository_id = ?1 AND name = ?2", 0,
                                   id_, std::string_view{name}) != 1;
  rows_.run("INSERT INTO tags (repository_id, name, digest, media_type, size, platforms, pushed, "
            "pushed_by, pulled, pulls, referrers) SELECT ?1, ?2, ?3, ?4, ?5, '', ?6, ?7, "
            "COALESCE((SELECT MAX(last) FROM pulls WHERE repository = ?8 AND reference IN "
            "(CAST(?2 AS BLOB), ?3)), 0), COALESCE((SELECT SUM(pulls) FROM pulls WHERE "
            "repository = ?8 AND reference IN (CAST(?2 AS BLOB), ?3)), 0), COALESCE((SELECT "
            "SUM(count) FROM referrers WHERE repository_id = ?1 AND subject = ?3), 0) WHERE TRUE "
            "ON CONFLICT (repository_id, name) DO UPDATE SET digest = excluded.digest, "
            "media_type = excluded.media_type, size = excluded.size, platforms = '', "
            "pushed = excluded.pushed, pushed_by = excluded.pushed_by, pulled = excluded.pulled, "
            "pulls = excluded.pulls, referrers = excluded.referrers",
            id_, std::string_view{name}, bytes{target}, otherwise.media_type,
            static_cast<std::int64_t>(otherwise.size), to_microseconds(state.since),
            state.by ? std::string_view{state.by->user} : std::string_view{},
            std::string_view{name_.to_string()});
  rows_.run("UPDATE tags SET media_type = m.media_type, size = m.size, platforms = m.platforms "
            "FROM manifests AS m WHERE m.repository_id = ?1 AND m.digest = ?3 AND "
            "tags.repository_id = ?1 AND tags.name = ?2",
            id_, std::string_view{name}, bytes{target});
  rows_.run("UPDATE repositories SET tags = tags + ?2, pushed = MAX(pushed, ?3) WHERE id = ?1", id_,
            static_cast<std::int64_t>(is_new), to_microseconds(state.since));
  if (const auto signed_one = is_new ? subject_of(state.name) : std::nullopt)
    count_referrer(signed_one->first, signed_one->second, 1);
}

void content::remove_tag(const tag& name) {
  const std::string_view text = name.to_string();
  if (rows_.run("DELETE FROM tags WHERE repository_id = ?1 AND name = ?2", id_, text) == 0)
    return;
  rows_.run("UPDATE repositories SET tags = tags - 1, pushed = COALESCE((SELECT MAX(pushed) FROM "
            "tags WHERE repository_id = ?1), 0) WHERE id = ?1",
            id_);
  if (const auto signed_one = subject_of(name))
    count_referrer(signed_one->first, signed_one->second, -1);
  leave_if_empty();
}

} // namespace gantry::listing
