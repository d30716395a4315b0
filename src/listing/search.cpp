// Finds manifests by what they say.
#include "base/text.hpp"
#include "listing/facts.hpp"
#include "listing/lists.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace gantry::listing {

namespace {

using storage::sqlite::bytes;
using storage::sqlite::connection;
namespace sqlite = storage::sqlite;

/// The numbers of manifests above `last` that have one of the wanted properties, in their order.
sqlite::rows candidates(connection& rows, const search_query& query, std::int64_t last) {
  if (query.target)
    return rows.query("SELECT id FROM manifests WHERE digest = ?1 AND id > ?2 UNION SELECT "
                      "manifest_id FROM manifest_blobs WHERE blob_id = (SELECT id FROM blobs WHERE "
                      "digest = ?1) AND manifest_id > ?2 ORDER BY 1",
                      bytes{query.target->to_binary()}, last);
  const auto& facts = query.annotations.empty() ? query.labels : query.annotations;
  if (facts.empty())
    return rows.query("SELECT id FROM manifests WHERE artifact_type = ?1 AND artifact_type <> '' "
                      "AND id > ?2 ORDER BY id",
                      std::string_view{query.artifact_type}, last);
  const auto kind =
    static_cast<std::int64_t>(query.annotations.empty() ? fact_kind::label : fact_kind::annotation);
  const auto& [key, value] = facts.front();
  if (value)
    return rows.query("SELECT manifest_id FROM facts WHERE kind = ?1 AND key = ?2 AND value = ?3 "
                      "AND manifest_id > ?4 ORDER BY manifest_id",
                      kind, std::string_view{key}, std::string_view{*value}, last);
  return rows.query("SELECT manifest_id FROM facts WHERE kind = ?1 AND key = ?2 AND "
                    "manifest_id > ?3 ORDER BY manifest_id",
                    kind, std::string_view{key}, last);
}

bool has_fact(connection& rows, std::int64_t manifest, fact_kind kind, const wanted_fact& wanted) {
  auto found = rows.query("SELECT value FROM facts WHERE manifest_id = ?1 AND kind = ?2 AND "
                          "key = ?3",
                          manifest, static_cast<std::int64_t>(kind), std::string_view{wanted.key});
  return found.next() && (!wanted.value || found.text(0) == *wanted.value);
}

bool names(connection& rows, std::int64_t manifest, const digest& id) {
  return rows.number("SELECT 1 FROM manifest_blobs WHERE manifest_id = ?1 AND blob_id = "
                     "(SELECT id FROM blobs WHERE digest = ?2)",
                     0, manifest, bytes{id.to_binary()}) == 1;
}

std::vector<std::string> tags_of(connection& rows, std::int64_t manifest) {
  std::vector<std::string> found;
  auto row = rows.query("SELECT tags.name FROM manifests JOIN tags ON tags.repository_id = "
                        "manifests.repository_id AND tags.digest = manifests.digest WHERE "
                        "manifests.id = ?1 ORDER BY tags.name LIMIT ?2",
                        manifest, static_cast<std::int64_t>(max_tags_shown));
  while (row.next())
    found.emplace_back(row.text(0));
  return found;
}

/// Absent if it has not all that is wanted, or may not be shown.
std::optional<manifest_record> read_if_wanted(connection& rows, std::int64_t manifest,
                                              const search_query& query) {
  auto row = rows.query("SELECT name, digest, media_type, artifact_type, size, platforms FROM "
                        "manifests JOIN repositories ON repositories.id = repository_id WHERE "
                        "manifests.id = ?1",
                        manifest);
  if (!row.next())
    return std::nullopt;
  manifest_record one{.repository = repository_name::parse(row.text(0)).value(),
                      .id = digest::from_binary(row.text(1)).value(),
                      .media_type = std::string{row.text(2)},
                      .artifact_type = std::string{row.text(3)},
                      .size = static_cast<std::uint64_t>(row.integer(4))};
  const auto platforms = split(row.text(5), ',');
  one.platforms.assign(platforms.begin(), platforms.end());
  if (!query.artifact_type.empty() && one.artifact_type != query.artifact_type)
    return std::nullopt;
  if (query.target && one.id != *query.target && !names(rows, manifest, *query.target))
    return std::nullopt;
  const auto has = [&](fact_kind kind) {
    return
      [&rows, manifest, kind](const auto& each) { return has_fact(rows, manifest, kind, each); };
  };
  if (!std::ranges::all_of(query.annotations, has(fact_kind::annotation)) ||
      !std::ranges::all_of(query.labels, has(fact_kind::label)) ||
      (query.shows && !query.shows(one.repository)))
    return std::nullopt;
  one.tags = tags_of(rows, manifest);
  return one;
}

} // namespace

result<found_rows<manifest_record>> search(connection& rows, const search_query& query) {
  const auto last = query.last.empty() ? std::optional<std::uint64_t>{0} : whole_number(query.last);
  if (!last || static_cast<std::int64_t>(*last) < 0)
    return fail(errc::pagination_invalid,
                "last: '" + excerpt(query.last) + "' is from no page of this search");
  found_rows<manifest_record> listed;
  std::int64_t shown = 0;
  auto found = candidates(rows, query, static_cast<std::int64_t>(*last));
  for (std::size_t looked_at = 1; found.next(); ++looked_at) {
    const auto manifest = found.integer(0);
    auto one = read_if_wanted(rows, manifest, query);
    if (one && listed.items.size() == query.limit) {
      listed.next = std::to_string(shown);
      break;
    }
    if (one) {
      listed.items.push_back(std::move(*one));
      shown = manifest;
    }
    if (looked_at == max_rows_looked_at) {
      listed.next = std::to_string(manifest);
      break;
    }
  }
  return listed;
}

} // namespace gantry::listing
