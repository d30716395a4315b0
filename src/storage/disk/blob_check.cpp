#include "storage/disk/blob_check.hpp"

#include "storage/disk/layout.hpp"
#include "telemetry/log.hpp"

#include <cassert>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

constexpr std::size_t buffer_size = 256 * 1024;

/// Empty if `on_read` asked to stop.
result<std::optional<digest>> hash(const blob& source, digest_algorithm algorithm,
                                   const read_callback& on_read) {
  const auto go_on = [&](std::size_t n) { return !on_read || on_read(n); };
  const auto file = source.file();
  if (!file)
    return go_on(source.size()) ? std::optional{digest::of(source.inline_bytes(), algorithm)}
                                : std::nullopt;
  hasher state{algorithm};
  std::vector<std::byte> buffer(buffer_size);
  for (std::uint64_t offset = 0;;) {
    const auto n = read_file(file.descriptor, buffer, file.begin + offset);
    if (!n)
      return n.error();
    if (*n == 0)
      return std::optional{state.peek()};
    state.update(std::span{buffer}.first(*n));
    offset += *n;
    if (!go_on(*n))
      return std::optional<digest>{};
  }
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

} // namespace

result<void> quarantine(disk_store& store, const digest& id, const blob_row& row) {
  assert(!store.guard.is_publishing(id));
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
  if (!store.guard.begin_quarantine(id))
    return;
  auto work = [&store, id](sqlite::connection& database) -> result<void> {
    const auto row = find_row(database, id);
    if (!row || !has_bytes(*row))
      return {};
    const auto opened = open_intact(store, database, id, *row);
    if (!opened || *opened)
      return {};
    telemetry::log().error("storage: the bytes of {} are missing, cut or not its own: it is "
                           "unknown until it is pushed again",
                           id.to_string());
    if (row->place == blob_place::file) {
      if (auto moved = move_to_quarantine(store, id); !moved)
        return moved;
    }
    mark_corrupt(database, row->id);
    return {};
  };
  store.writes.submit(std::move(work),
                      [&store, id](const result<void>&) { store.guard.end_sweep(id); });
}

} // namespace gantry::storage
