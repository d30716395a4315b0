#include "listing/pull_rows.hpp"

#include "listing/database.hpp"

#include <string_view>

namespace gantry::listing {

namespace {

using storage::sqlite::bytes;
using storage::sqlite::connection;

/// A tag, or a digest as the other tables have it. No tag begins like one of those.
std::string key_of(std::string_view reference) {
  if (reference.find(':') != std::string_view::npos)
    if (const auto id = digest::parse_lenient(reference))
      return id->to_binary();
  return std::string{reference};
}

void add(connection& rows, const counted_pulls& one) {
  const std::string_view repository = one.repository;
  const auto key = key_of(one.reference);
  const auto count = static_cast<std::int64_t>(one.count);
  const auto last = to_microseconds(one.last);
  rows.run("INSERT INTO pulls VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
           "pulls = pulls + ?3, last = MAX(last, ?4)",
           repository, bytes{key}, count, last);
  rows.run("UPDATE repositories SET pulls = pulls + ?2, pulled = MAX(pulled, ?3) WHERE name = ?1",
           repository, count, last);
  rows.run("UPDATE tags SET pulls = pulls + ?3, pulled = MAX(pulled, ?4) WHERE repository_id = "
           "(SELECT id FROM repositories WHERE name = ?1) AND name = ?2",
           repository, std::string_view{key}, count, last);
  rows.run("UPDATE tags SET pulls = pulls + ?3, pulled = MAX(pulled, ?4) WHERE repository_id = "
           "(SELECT id FROM repositories WHERE name = ?1) AND digest = ?2",
           repository, bytes{key}, count, last);
}

/// In the rows of a repository that is known by that name already.
void show_pulls(connection& rows, std::string_view repository) {
  rows.run("UPDATE repositories SET (pulls, pulled) = (SELECT COALESCE(SUM(pulls), 0), "
           "COALESCE(MAX(last), 0) FROM pulls WHERE repository = ?1) WHERE name = ?1",
           repository);
  rows.run("UPDATE tags SET (pulls, pulled) = (SELECT COALESCE(SUM(pulls), 0), "
           "COALESCE(MAX(last), 0) FROM pulls WHERE repository = ?1 AND reference IN "
           "(CAST(tags.name AS BLOB), tags.digest)) WHERE repository_id = "
           "(SELECT id FROM repositories WHERE name = ?1)",
           repository);
}

} // namespace

void add_pulls(connection& rows, const std::vector<counted_pulls>& pulls) {
  for (const auto& each : pulls)
    add(rows, each);
}

void rename_pulls(connection& rows, const repository_name& from, const repository_name& to) {
  rows.run("DELETE FROM pulls WHERE repository = ?1", std::string_view{to.to_string()});
  rows.run("UPDATE pulls SET repository = ?2 WHERE repository = ?1",
           std::string_view{from.to_string()}, std::string_view{to.to_string()});
  show_pulls(rows, to.to_string());
}

void forget_pulls(connection& rows, const std::optional<repository_name>& top) {
  // `0` follows the slash: the names between are those below.
  const auto name = top ? top->to_string() : std::string{};
  const auto first = top ? name + '/' : std::string{};
  const auto end = top ? name + '0' : std::string{"~"};
  const auto run = [&](const char* sql) {
    rows.run(sql, std::string_view{name}, std::string_view{first}, std::string_view{end});
  };
  run("DELETE FROM pulls WHERE repository = ?1 OR (repository >= ?2 AND repository < ?3)");
  run("UPDATE tags SET pulls = 0, pulled = 0 WHERE repository_id IN (SELECT id FROM repositories "
      "WHERE name = ?1 OR (name >= ?2 AND name < ?3))");
  run("UPDATE repositories SET pulls = 0, pulled = 0 WHERE name = ?1 OR (name >= ?2 AND "
      "name < ?3)");
}

void fold_pulls(connection& rows, time_point now) {
  const auto end = to_microseconds(now - forget_pulls_after);
  rows.run(
    "INSERT INTO pulls SELECT repository, x'', SUM(pulls), MAX(last) FROM pulls AS old WHERE "
    "last < ?1 AND reference <> x'' AND NOT EXISTS (SELECT 1 FROM tags WHERE repository_id = "
    "(SELECT id FROM repositories WHERE name = repository) AND "
    "name = CAST(reference AS TEXT)) AND NOT EXISTS (SELECT 1 FROM manifests WHERE "
    "repository_id = (SELECT id FROM repositories WHERE name = repository) AND "
    "digest = reference) GROUP BY repository ON CONFLICT DO UPDATE SET "
    "pulls = pulls + excluded.pulls, last = MAX(last, excluded.last)",
    end);
  rows.run("DELETE FROM pulls WHERE last < ?1 AND reference <> x'' AND NOT EXISTS (SELECT 1 FROM "
           "tags WHERE repository_id = (SELECT id FROM repositories WHERE name = repository) AND "
           "name = CAST(reference AS TEXT)) AND NOT EXISTS (SELECT 1 FROM manifests WHERE "
           "repository_id = (SELECT id FROM repositories WHERE name = repository) AND "
           "digest = reference)",
           end);
}

} // namespace gantry::listing
