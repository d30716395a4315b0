#include "simulation/inspection.hpp"

#include "domain/digest.hpp"
#include "simulation/registry.hpp"
#include "storage/disk/files.hpp"
#include "storage/disk/layout.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/vfs.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>

namespace gantry::simulation {

namespace {

using storage::sqlite::connection;
namespace layout = storage::layout;

/// Each must give no row, or zero.
struct rule {
  const char* sql;
  const char* broken;
};

constexpr std::array rules{
  rule{"SELECT COUNT(*) FROM links WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE id = blob_id AND "
       "state = 0)",
       "a link points to a blob that is not live"},
  rule{"SELECT COUNT(*) FROM tags WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE id = "
       "manifest_id AND repository_id = tags.repository_id)",
       "a tag points to a manifest that is not there"},
  rule{"SELECT COUNT(*) FROM manifest_references WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE "
       "id = manifest_id) AND NOT EXISTS (SELECT 1 FROM kept_manifests WHERE id = -manifest_id)",
       "a manifest that is not there has references"},
  rule{"SELECT COUNT(*) FROM manifests WHERE NOT EXISTS (SELECT 1 FROM manifest_states WHERE "
       "manifest_id = id)",
       "a manifest has no state"},
  rule{"SELECT COUNT(*) FROM repositories WHERE manifests <> (SELECT COUNT(*) FROM manifests "
       "WHERE repository_id = repositories.id)",
       "a repository counts its manifests wrongly"},
  rule{"SELECT COUNT(*) FROM blobs WHERE inline <> 0 AND NOT EXISTS (SELECT 1 FROM blob_contents "
       "WHERE blob_id = id)",
       "a small blob has no content"},
  rule{"SELECT COUNT(*) FROM blob_contents WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE id = "
       "blob_id)",
       "content belongs to no blob"},
  rule{"SELECT (SELECT bytes FROM totals) - (SELECT COALESCE(SUM(size), 0) FROM blobs WHERE state "
       "<> 2) - (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM manifests) - (SELECT "
       "COALESCE(SUM(LENGTH(content)), 0) FROM kept_manifests)",
       "the total of bytes is wrong"},
  rule{"SELECT COUNT(*) FROM blobs WHERE state = 3", "a blob was found damaged"},
  rule{"SELECT COUNT(*) FROM tags JOIN manifests ON manifests.id = manifest_id WHERE digest <> "
       "COALESCE((SELECT digest_after FROM history WHERE repository_id = tags.repository_id AND "
       "tag = tags.name ORDER BY at DESC LIMIT 1), x'')",
       "a tag is not where its history says"},
  rule{"SELECT COUNT(*) FROM history AS last WHERE tag <> '' AND digest_after <> x'' AND NOT "
       "EXISTS (SELECT 1 FROM history WHERE repository_id = last.repository_id AND tag = last.tag "
       "AND at > last.at) AND NOT EXISTS (SELECT 1 FROM tags WHERE repository_id = "
       "last.repository_id AND name = last.tag)",
       "a tag that its history knows is not there"},
  rule{"SELECT COUNT(*) FROM history AS later WHERE tag <> '' AND digest_before <> "
       "COALESCE((SELECT digest_after FROM history WHERE repository_id = later.repository_id AND "
       "tag = later.tag AND at < later.at ORDER BY at DESC LIMIT 1), digest_before)",
       "the history of a tag has a gap"},
};

off_t size_of(mount& files, const std::string& path) {
  struct stat found {};
  return files.status(AT_FDCWD, path.c_str(), found, 0) == 0 ? found.st_size : 0;
}

std::optional<std::string> check_bytes(mount& files, const digest& id, std::string_view content,
                                       bool is_inline) {
  std::string bytes{content};
  if (!is_inline) {
    const auto path = std::string{data_path} + '/' + layout::blobs + '/' +
                      std::string{to_string(id.algorithm())} + '/' +
                      layout::folder_name(layout::fan_out(id)) + '/' + layout::file_name(id);
    const storage::file opened{files, files.open(AT_FDCWD, path.c_str(), O_RDONLY, 0)};
    if (!opened)
      return "the file of a blob is missing: " + id.to_string();
    bytes.resize(opened.size().value());
    opened.read(std::as_writable_bytes(std::span{bytes}), 0).value();
  }
  if (digest::of(bytes, id.algorithm()) != id)
    return "a blob has other bytes: " + id.to_string();
  return std::nullopt;
}

std::optional<std::string> check_blobs(mount& files, connection& database) {
  auto rows = database.query("SELECT digest, inline, COALESCE(content, '') FROM blobs LEFT JOIN "
                             "blob_contents ON blob_id = id WHERE state IN (0, 1, 4)");
  while (rows.next())
    if (auto wrong = check_bytes(files, digest::from_binary(rows.text(0)).value(), rows.text(2),
                                 rows.integer(1) != 0))
      return wrong;
  return std::nullopt;
}

std::optional<std::string> check_database(mount& files, connection& database) {
  if (database.number("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'history'", 0) == 0)
    return std::nullopt;
  for (const auto& each : rules)
    if (database.number(each.sql, 0) != 0)
      return std::string{each.broken};
  return check_blobs(files, database);
}

} // namespace

std::optional<std::string> inspect(disk& medium) {
  mount files{medium, [] { return time_point{}; }};
  const storage::sqlite::vfs database_files{
    files,
    {[](std::span<unsigned char> bytes) {
       std::ranges::fill(bytes, static_cast<unsigned char>(1));
     },
     [] { return std::int64_t{0}; }, [](std::chrono::microseconds) {}}};
  const auto path = std::string{data_path} + '/' + layout::database;
  if (size_of(files, path) == 0 || size_of(files, path + "-journal") > 0)
    return std::nullopt; // it was being made
  try {
    connection database{{path, database_files.name()}, connection::mode::read};
    return check_database(files, database);
  } catch (const storage::sqlite::failure& failed) {
    return std::string{"the database cannot be read: "} + failed.what();
  }
}

} // namespace gantry::simulation
