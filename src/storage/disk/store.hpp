// What the parts of one disk engine share: the folder, the writer, the readers, the guard.
#pragma once

#include "domain/storage.hpp"
#include "storage/disk/blob_leases.hpp"
#include "storage/disk/engine.hpp"
#include "storage/disk/folder.hpp"
#include "storage/disk/manifest_cache.hpp"
#include "storage/disk/repository_holds.hpp"
#include "storage/disk/schema.hpp"
#include "storage/disk/sink.hpp"
#include "storage/disk/writer.hpp"
#include "storage/sqlite/pool.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace gantry::storage {

/// Any thread. Outlives every store, blob and sink that works with it.
struct disk_store {
  explicit disk_store(disk_options options);

  /// Whether leases that a process before this one gave may still run.
  bool may_have_old_leases() const { return now() < opened + restart_hold; }

  data_folder folder;
  std::function<time_point()> now;
  blob_leases guard;
  repository_holds holds;
  manifest_cache manifests;
  /// Tells the stores of repositories apart.
  std::atomic<std::uint64_t> stores_opened{0};
  std::shared_ptr<upload_folder> uploads;
  /// Raised when rows change that no repository's own writes changed: what stores remember is void.
  std::atomic<std::uint64_t> outside_changes{0};
  const time_point opened;
  const std::chrono::milliseconds restart_hold;
  const std::chrono::milliseconds hold_at_most;
  writer writes;
  /// Behind the writer, so that they are closed before it: the connection that closes last copies
  /// the log into the database and removes it, and one that only reads cannot.
  sqlite::pool readers;
};

/// Times in the database.
std::int64_t to_milliseconds(time_point when) noexcept;
time_point from_milliseconds(std::int64_t when) noexcept;

/// The rows to ask for: one more than the page has, to know whether there are more.
std::int64_t rows_for(const page_request& request) noexcept;

/// Runs `read(connection)`, which returns a result; what the database refuses becomes an error.
template <class Read>
auto read_database(sqlite::pool& readers, Read read) -> decltype(read(*readers.acquire())) {
  try {
    const auto reader = readers.acquire();
    return read(*reader);
  } catch (const sqlite::failure& failed) {
    return database_failure(failed);
  }
}

/// A row of the table `blobs`.
struct blob_row {
  std::int64_t id = 0;
  std::uint64_t size = 0;
  blob_state state = blob_state::live;
  std::int64_t lease_until = 0;
  blob_place place = blob_place::file;
};

/// Whether its bytes are there, and may be linked again.
inline bool has_bytes(const blob_row& row) noexcept {
  return row.state == blob_state::live || row.state == blob_state::condemned ||
         row.state == blob_state::unlinked;
}

std::optional<blob_row> find_row(sqlite::connection& database, const digest& id);
/// Whether the blob is promised until then, for whoever looks for it next: lease first, then look,
/// so that a sweep that came before is seen, and one that comes after sees the lease. Only blobs
/// that have a row are leased: clients may ask for anything.
result<bool> lease_row(disk_store& store, const digest& id, time_point lease_until);
/// The bytes of a row that has some, opened. Null where they are missing, or not of the size that
/// the row says: a push heals that.
result<blob_ptr> open_row(disk_store& store, sqlite::connection& database, const digest& id,
                          const blob_row& row);
/// The same, and null where bytes in the database have another digest.
result<blob_ptr> open_intact(disk_store& store, sqlite::connection& database, const digest& id,
                             const blob_row& row);

} // namespace gantry::storage
