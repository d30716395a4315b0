// State shared by the parts of one disk engine: the folder, the writer, the readers.
#pragma once

#include "base/stepper.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/paging.hpp"
#include "domain/time_point.hpp"
#include "storage/api/blob.hpp"
#include "storage/change_notice.hpp"
#include "storage/disk/engine.hpp"
#include "storage/disk/folder.hpp"
#include "storage/disk/manifest_cache.hpp"
#include "storage/disk/quotas.hpp"
#include "storage/disk/repository_holds.hpp"
#include "storage/disk/reserve.hpp"
#include "storage/disk/schema.hpp"
#include "storage/disk/sink.hpp"
#include "storage/disk/writer.hpp"
#include "storage/keeper_slot.hpp"
#include "storage/sqlite/pool.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace gantry::storage {

/// Thread-safe. Outlives every store, blob and sink that uses it.
struct disk_store {
  explicit disk_store(disk_options options);

  /// Whether leases from a previous process may still be running.
  bool may_have_old_leases() const { return now() < opened + restart_hold; }

  /// Null if threads do the background work.
  stepper* const steps;
  data_folder folder;
  disk_reserve reserve;
  std::function<time_point()> now;
  keeper_slot keeper;
  repository_holds holds;
  manifest_cache manifests;
  /// Used to give each repository store an id.
  std::atomic<std::uint64_t> stores_opened{0};
  std::shared_ptr<upload_folder> uploads;
  /// Raised when rows change other than by a repository's own writes: cached reads become invalid.
  std::atomic<std::uint64_t> outside_changes{0};
  const time_point opened;
  const std::chrono::milliseconds restart_hold;
  const std::chrono::milliseconds hold_at_most;
  /// Told after each commit.
  change_notice changes;
  disk_quotas quotas;
  writer writes;
  /// Declared after the writer so that it closes first: the connection that closes last copies the
  /// log into the database and removes it, which a read-only connection cannot.
  sqlite::pool readers;
};

/// The number of rows to query: one more than the page, to know whether there are more.
std::int64_t rows_for(const page_request& request) noexcept;

/// Runs `read(connection)`, which returns a result; maps database failures to errors.
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

/// Whether its bytes exist and may be linked again.
inline bool has_bytes(const blob_row& row) noexcept {
  return row.state == blob_state::live || row.state == blob_state::condemned ||
         row.state == blob_state::unlinked;
}

std::optional<blob_row> find_row(sqlite::connection& database, const digest& id);
/// Opens the bytes of a row that has some. Null if they are missing or differ in size from the row;
/// a push repairs that.
result<blob_ptr> open_row(disk_store& store, sqlite::connection& database, const digest& id,
                          const blob_row& row);
/// Like `open_row`, but also null if bytes in the database do not match their digest.
result<blob_ptr> open_intact(disk_store& store, sqlite::connection& database, const digest& id,
                             const blob_row& row);

} // namespace gantry::storage
