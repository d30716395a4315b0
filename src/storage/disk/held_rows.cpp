#include "storage/disk/held_rows.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace gantry::storage {

namespace {

/// A small image names no more. SQLite fills a table with all arguments of a query, also with those
/// that are NULL.
constexpr std::size_t few = 4;

/// Finds the manifests and linked blobs among at most `count` digests in one query. The first
/// argument is the repository, the others are the digests.
std::string held_content_text(std::size_t count) {
  std::string digests;
  for (std::size_t i = 0; i < count; ++i)
    digests += (i == 0 ? "?" : ",?") + std::to_string(i + 2);
  return "SELECT digest, NULL FROM manifests WHERE repository_id = ?1 AND digest IN (" + digests +
         ") AND (SELECT state FROM manifest_states WHERE manifest_id = manifests.id) < 2"
         " UNION ALL SELECT digest, size FROM blobs WHERE digest IN (" +
         digests +
         ") AND state = 0 AND EXISTS (SELECT 1 FROM links WHERE repository_id = ?1 AND "
         "blob_id = blobs.id)";
}

/// Statements are kept by the addresses of their texts.
const std::string& held_content_query(std::size_t count) {
  static const std::string for_few = held_content_text(few);
  static const std::string for_many = held_content_text(max_looked_up);
  return count <= few ? for_few : for_many;
}

} // namespace

void find_held(sqlite::connection& database, std::int64_t repository,
               std::span<const digest> wanted, std::span<held_content> found) {
  std::vector<std::string> keys;
  for (const auto& id : wanted)
    keys.push_back(id.to_binary());
  auto rows =
    database.query(held_content_query(keys.size()).c_str(), repository, sqlite::bytes_list{keys});
  while (rows.next()) {
    const auto key = std::ranges::find(keys, rows.text(0));
    auto& held = found[static_cast<std::size_t>(key - keys.begin())];
    if (rows.is_null(1))
      held.is_manifest = true;
    else
      held.blob_size = static_cast<std::uint64_t>(rows.integer(1));
  }
}

} // namespace gantry::storage
