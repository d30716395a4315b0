#include "storage/disk/store.hpp"

#include "storage/disk/blob.hpp"

#include <boost/polymorphic_cast.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace gantry::storage {

namespace {

/// Creates the database before anything opens it.
sqlite::location prepared(sqlite::location database, time_point now) {
  prepare_database(database, to_milliseconds(now));
  return database;
}

} // namespace

disk_store::disk_store(disk_options options)
  : steps{options.steps},
    folder{options.folder, options.create, options.wait_for_lock, options.files},
    reserve{folder.root(), options.reserve},
    now{std::move(options.now)},
    keeper{options.steps},
    holds{now},
    manifests{options.manifest_cache},
    uploads{std::make_shared<upload_folder>(folder, options.inline_threshold,
                                            options.files.boot_id(), now, reserve)},
    opened{now()},
    restart_hold{options.restart_hold},
    hold_at_most{options.hold_at_most},
    quotas{std::move(options.quotas)},
    writes{prepared(folder.database(), opened),
           {},
           [this] {
             quotas.publish();
             changes.tell();
             return folder.health();
           },
           &reserve,
           steps},
    readers{folder.database()} {
  if (quotas.is_empty())
    return;
  const auto counted = writes.run([this](sqlite::connection& database) -> result<void> {
    quotas.begin(database);
    return {};
  });
  if (!counted)
    throw std::runtime_error{folder.path().string() +
                             " cannot be used: its quotas cannot be counted (" +
                             std::string{to_string(counted.error().code)} + ")"};
}

std::int64_t rows_for(const page_request& request) noexcept {
  constexpr std::size_t most = 1'000'000'000; // the number may come from the client
  return static_cast<std::int64_t>(std::min(request.limit, most)) + 1;
}

std::optional<blob_row> find_row(sqlite::connection& database, const digest& id) {
  auto found =
    database.query("SELECT id, size, state, lease_until, inline FROM blobs WHERE digest = ?1",
                   sqlite::bytes{id.to_binary()});
  if (!found.next())
    return std::nullopt;
  return blob_row{found.integer(0), static_cast<std::uint64_t>(found.integer(1)),
                  static_cast<blob_state>(found.integer(2)), found.integer(3),
                  static_cast<blob_place>(found.integer(4))};
}

result<blob_ptr> open_row(disk_store& store, sqlite::connection& database, const digest& id,
                          const blob_row& row) {
  if (row.place != blob_place::file) {
    auto content = database.query("SELECT content FROM blob_contents WHERE blob_id = ?1", row.id);
    if (content.next() && content.text(0).size() == row.size)
      return blob_ptr{std::make_shared<disk_blob>(id, std::string{content.text(0)})};
  } else {
    auto opened = store.folder.get_blob(id);
    if (!opened)
      return opened.error();
    const auto size = *opened ? (*opened)->size() : result<std::uint64_t>{0};
    if (!size)
      return size.error();
    if (*opened && *size == row.size)
      return blob_ptr{std::make_shared<disk_blob>(id, row.size, std::move(**opened))};
  }
  return blob_ptr{};
}

result<blob_ptr> open_intact(disk_store& store, sqlite::connection& database, const digest& id,
                             const blob_row& row) {
  auto opened = open_row(store, database, id, row);
  if (!opened || !*opened || row.place != blob_place::database ||
      id.algorithm() == digest_algorithm::verbatim)
    return opened;
  const auto& content = boost::polymorphic_downcast<const disk_blob&>(**opened);
  const auto actual = digest::of(content.text(), id.algorithm());
  return actual == id ? std::move(opened) : result<blob_ptr>{blob_ptr{}};
}

} // namespace gantry::storage
