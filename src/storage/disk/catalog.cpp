#include "storage/disk/catalog.hpp"

#include "storage/disk/repository.hpp"

#include <memory>

namespace gantry::storage {

namespace {

/// For functions that cannot return an error: logs it and uses a default.
template <class T>
T expect(result<T> outcome) {
  if (!outcome)
    throw storage_failure{outcome.error()};
  return std::move(*outcome);
}

} // namespace

std::shared_ptr<repository_store> disk_catalog::open(const repository_name& name) {
  return std::make_shared<disk_repository>(store_, name);
}

bool disk_catalog::contains(const repository_name& name) const {
  return expect(read_database(store_.readers, [&](auto& database) {
           return result<std::int64_t>{database.number(
             "SELECT manifests > 0 OR EXISTS (SELECT 1 FROM links WHERE repository_id = id) "
             "FROM repositories WHERE name = ?1",
             0, std::string_view{name.to_string()})};
         })) != 0;
}

page<repository_name> disk_catalog::list_repositories(const page_request& request) const {
  page<repository_name> listed;
  if (request.limit == 0)
    return listed;
  return expect(read_database(store_.readers, [&](auto& database) -> result<page<repository_name>> {
    auto names = database.query("SELECT name FROM repositories WHERE manifests > 0 AND name > ?1 "
                                "ORDER BY name LIMIT ?2",
                                std::string_view{request.last}, rows_for(request));
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
  }));
}

std::size_t disk_catalog::repository_count() const {
  return static_cast<std::size_t>(expect(read_database(store_.readers, [](auto& database) {
    return result<std::int64_t>{
      database.number("SELECT COUNT(*) FROM repositories WHERE manifests > 0", 0)};
  })));
}

} // namespace gantry::storage
