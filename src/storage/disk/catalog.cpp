#include "storage/disk/catalog.hpp"

#include "storage/disk/bulk_changes.hpp"
#include "storage/disk/history_rows.hpp"
#include "storage/disk/manifest_rows.hpp"
#include "storage/disk/repository.hpp"

#include <memory>
#include <utility>

namespace gantry::storage {

namespace {

/// A page of the names that a query gives, which asks for `rows_for(request)`.
result<page<repository_name>> read_names(sqlite::rows names, const page_request& request) {
  page<repository_name> listed;
  while (names.next()) {
    if (listed.items.size() == request.limit) {
      listed.more = true;
      break;
    }
    auto name = repository_name::parse(names.text(0));
    if (!name)
      return fail(errc::storage_failed);
    listed.items.push_back(std::move(*name));
  }
  return listed;
}

} // namespace

std::shared_ptr<repository_store> disk_catalog::open(const repository_name& name) {
  return std::make_shared<disk_repository>(store_, name);
}

std::shared_ptr<const repository_store> disk_catalog::open_aside(const repository_name& name) {
  return std::make_shared<disk_repository>(store_, name, disk_repository::caching::off);
}

void disk_catalog::contains(const repository_name& name, completion<bool> done) const {
  done(read_database(store_.readers, [&](auto& database) {
    return result<bool>{
      database.number(
        "SELECT manifests > 0 OR EXISTS (SELECT 1 FROM links WHERE repository_id = "
        "id) OR EXISTS (SELECT 1 FROM history WHERE repository_id = id) FROM repositories "
        "WHERE name = ?1",
        0, std::string_view{name.to_string()}) != 0};
  }));
}

void disk_catalog::rename(const repository_name& from, const repository_name& to,
                          std::shared_ptr<const tag_patterns> immutable, completion<void> done) {
  auto limited = store_.quotas.limiting(
    to,
    [from, to, immutable = std::move(immutable)](auto& database) {
      return rename_repository(database, from.to_string(), to.to_string(), *immutable);
    },
    std::move(done));
  store_.writes.submit(std::move(limited.work), std::move(limited.done));
}

void disk_catalog::list_repositories(const page_request& request,
                                     completion<page<repository_name>> done) const {
  if (request.limit == 0)
    return done(page<repository_name>{});
  done(read_database(store_.readers, [&](auto& database) {
    return read_names(database.query("SELECT name FROM repositories WHERE manifests > 0 AND "
                                     "name > ?1 ORDER BY name LIMIT ?2",
                                     std::string_view{request.last}, rows_for(request)),
                      request);
  }));
}

void disk_catalog::list_linking(const digest& id, const page_request& request,
                                completion<page<repository_name>> done) const {
  done(read_database(store_.readers, [&](auto& database) -> result<page<repository_name>> {
    const auto row = find_row(database, id);
    const auto last = request.last.empty() ? 0 : find_repository(database, request.last);
    if (!row || last == no_row || request.limit == 0)
      return page<repository_name>{};
    // In the order of the index, so that a page costs the same if many repositories link the blob.
    return read_names(
      database.query("SELECT name FROM links JOIN repositories ON id = repository_id "
                     "WHERE blob_id = ?1 AND repository_id > ?2 ORDER BY repository_id LIMIT ?3",
                     row->id, last, rows_for(request)),
      request);
  }));
}

void disk_catalog::list_changes(const change_query& query, completion<change_page> done) const {
  done(read_database(store_.readers, [&](auto& database) {
    return result<change_page>{storage::list_changes(database, query)};
  }));
}

void disk_catalog::repository_count(completion<std::size_t> done) const {
  done(read_database(store_.readers, [](auto& database) {
    return result<std::size_t>{static_cast<std::size_t>(
      database.number("SELECT COUNT(*) FROM repositories WHERE manifests > 0", 0))};
  }));
}

} // namespace gantry::storage
