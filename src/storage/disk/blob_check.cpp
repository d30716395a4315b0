#include "storage/disk/blob_check.hpp"

#include "storage/api/bytes_of.hpp"
#include "storage/disk/layout.hpp"
#include "telemetry/log.hpp"

#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace gantry::storage {

namespace {

/// Empty if `on_read` asked to stop.
result<std::optional<digest>> hash(const blob& source, digest_algorithm algorithm,
                                   const read_callback& on_read) {
  hasher state{algorithm};
  bool stopped = false;
  const auto read = for_each_piece(source, [&](std::span<const std::byte> bytes) {
    state.update(bytes);
    stopped = on_read && !on_read(bytes.size());
    return !stopped;
  });
  if (!read)
    return read.error();
  return stopped ? std::optional<digest>{} : std::optional{state.peek()};
}

} // namespace

result<std::string> find_damage(disk_store& store, const digest& id, const blob_row& row, bool deep,
                                const read_callback& on_read) {
  const auto bytes = read_database(
    store.readers, [&](auto& database) { return open_row(store, database, id, row); });
  if (!bytes)
    return bytes.error();
  if (!*bytes)
    return std::string{"is missing or has another size"};
  // A digest that was taken on trust does not identify the bytes.
  if (!deep || id.algorithm() == digest_algorithm::verbatim ||
      row.place == blob_place::database_trusted)
    return std::string{};
  const auto actual = hash(**bytes, id.algorithm(), on_read);
  if (!actual && actual.error().code == errc::storage_failed)
    return std::string{"cannot be read"};
  if (!actual)
    return actual.error();
  if (!*actual || **actual == id)
    return std::string{};
  return "holds other bytes: their digest is " + (*actual)->to_string();
}

namespace {

result<void> move_to_quarantine(disk_store& store, const digest& id) {
  const auto from = store.folder.blob_folder(id);
  const auto to = store.folder.quarantine();
  if (!from || !to)
    return from ? to.error() : from.error();
  const auto present = store.folder.get_blob(id);
  if (!present)
    return present.error();
  if (!*present)
    return {};
  const auto name = std::string{to_string(id.algorithm())} + '-' + layout::file_name(id);
  return rename_file(*from, layout::file_name(id), *to, name);
}

void mark_corrupt(sqlite::connection& database, std::int64_t row) {
  database.run("UPDATE blobs SET state = 3 WHERE id = ?1", row);
}

/// Looks again; on the writer's thread.
result<void> quarantine_damaged(disk_store& store, sqlite::connection& database, const digest& id) {
  const auto row = find_row(database, id);
  if (!row || !has_bytes(*row))
    return {};
  const auto opened = open_intact(store, database, id, *row);
  if (!opened || *opened)
    return {};
  telemetry::log().error("storage: the bytes of {} are missing, cut or not its own: it is unknown "
                         "until it is pushed again",
                         id.to_string());
  if (row->place == blob_place::file) {
    if (auto moved = move_to_quarantine(store, id); !moved)
      return moved;
  }
  mark_corrupt(database, row->id);
  return {};
}

} // namespace

result<void> quarantine(disk_store& store, const digest& id, const blob_row& row) {
  if (row.place == blob_place::file) {
    if (auto moved = move_to_quarantine(store, id); !moved)
      return moved;
  }
  return store.writes.run([row = row.id](sqlite::connection& database) -> result<void> {
    mark_corrupt(database, row);
    return {};
  });
}

void quarantine_soon(disk_store& store, const digest& id) {
  const auto reserved = [&store, id](std::shared_ptr<reservation> held) {
    store.writes.submit(
      [&store, id](sqlite::connection& database) {
        return quarantine_damaged(store, database, id);
      },
      [held = std::move(held)](const result<void>&) mutable { held.reset(); });
  };
  store.keeper.reserve_later(id, leased_digests::may_go, reserved);
}

} // namespace gantry::storage
