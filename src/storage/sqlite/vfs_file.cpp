#include "storage/sqlite/vfs_table.hpp"

#include <cstring>
#include <span>

namespace gantry::storage::sqlite {

namespace {

vfs_file& file_of(sqlite3_file* file) noexcept {
  return *static_cast<vfs_file*>(file);
}

std::span<std::byte> bytes_of(void* bytes, int size) noexcept {
  return {static_cast<std::byte*>(bytes), static_cast<std::size_t>(size)};
}

int release_log(sqlite3_file* opened, int) {
  auto& file = file_of(opened);
  if (!file.log)
    return SQLITE_OK;
  file.log->unlock(file.log_locks, 0, log_index::lock_count);
  file.log.reset();
  auto& shared = file.home->locks_of(file.path);
  if (shared.log.use_count() == 1)
    shared.log.reset(); // the next connection makes it anew, from the log
  return SQLITE_OK;
}

int close(sqlite3_file* opened) {
  auto& file = file_of(opened);
  release_log(opened, 0);
  file.home->locks_of(file.path).file.lower(file.lock, SQLITE_LOCK_NONE);
  file.home->files().close(file.descriptor);
  if (file.is_temporary)
    file.home->remove(file.path);
  file.~vfs_file();
  return SQLITE_OK;
}

int read(sqlite3_file* opened, void* buffer, int size, sqlite3_int64 offset) {
  auto& file = file_of(opened);
  const auto n = file.home->files().read(file.descriptor, bytes_of(buffer, size),
                                         static_cast<std::uint64_t>(offset));
  if (n == size)
    return SQLITE_OK;
  if (n < 0)
    return file.home->failed(SQLITE_IOERR_READ);
  std::memset(static_cast<std::byte*>(buffer) + n, 0, static_cast<std::size_t>(size - n));
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* opened, const void* bytes, int size, sqlite3_int64 offset) {
  auto& file = file_of(opened);
  std::span left{static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size)};
  for (auto at = static_cast<std::uint64_t>(offset); !left.empty();) {
    const auto n = file.home->files().write(file.descriptor, left, at);
    if (n < 0)
      return file.home->failed(SQLITE_IOERR_WRITE);
    left = left.subspan(static_cast<std::size_t>(n));
    at += static_cast<std::uint64_t>(n);
  }
  return SQLITE_OK;
}

int truncate(sqlite3_file* opened, sqlite3_int64 size) {
  auto& file = file_of(opened);
  return file.home->files().truncate(file.descriptor, static_cast<std::uint64_t>(size)) == 0
           ? SQLITE_OK
           : file.home->failed(SQLITE_IOERR_TRUNCATE);
}

int sync(sqlite3_file* opened, int) {
  auto& file = file_of(opened);
  if (file.home->files().sync(file.descriptor) != 0)
    return file.home->failed(SQLITE_IOERR_FSYNC);
  const int code = file.is_new ? file.home->sync_folder_of(file.path) : SQLITE_OK;
  file.is_new = file.is_new && code != SQLITE_OK;
  return code;
}

int tell_size(sqlite3_file* opened, sqlite3_int64* size) {
  auto& file = file_of(opened);
  struct stat found {};
  if (file.home->files().status(file.descriptor, found) != 0)
    return file.home->failed(SQLITE_IOERR_FSTAT);
  *size = found.st_size;
  return SQLITE_OK;
}

int lock(sqlite3_file* opened, int wanted) {
  auto& file = file_of(opened);
  return file.home->locks_of(file.path).file.raise(file.lock, wanted) ? SQLITE_OK : SQLITE_BUSY;
}

int unlock(sqlite3_file* opened, int wanted) {
  auto& file = file_of(opened);
  file.home->locks_of(file.path).file.lower(file.lock, wanted);
  return SQLITE_OK;
}

int tell_reserved(sqlite3_file* opened, int* reserved) {
  auto& file = file_of(opened);
  *reserved = file.home->locks_of(file.path).file.is_reserved() ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}

int tell_sector_size(sqlite3_file*) {
  return 4096;
}

// A torn write leaves the bytes beside it as they were: so says SQLite's own file system.
int tell_characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_log(sqlite3_file* opened, int region, int size, int make, void volatile** mapped) {
  auto& file = file_of(opened);
  auto& shared = file.home->locks_of(file.path);
  if (!shared.log)
    shared.log = std::make_shared<log_index>();
  file.log = shared.log;
  *mapped =
    file.log->region(static_cast<std::size_t>(region), static_cast<std::size_t>(size), make != 0);
  return SQLITE_OK;
}

int lock_log(sqlite3_file* opened, int first, int count, int flags) {
  auto& file = file_of(opened);
  const auto begin = static_cast<std::size_t>(first);
  const auto number = static_cast<std::size_t>(count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    file.log->unlock(file.log_locks, begin, number);
    return SQLITE_OK;
  }
  return file.log->lock(file.log_locks, begin, number, (flags & SQLITE_SHM_SHARED) != 0)
           ? SQLITE_OK
           : SQLITE_BUSY;
}

void order_log(sqlite3_file*) {}

} // namespace

const sqlite3_io_methods vfs_file_methods{
  .iVersion = 2, // below, SQLite has no write-ahead log
  .xClose = close,
  .xRead = read,
  .xWrite = write,
  .xTruncate = truncate,
  .xSync = sync,
  .xFileSize = tell_size,
  .xLock = lock,
  .xUnlock = unlock,
  .xCheckReservedLock = tell_reserved,
  .xFileControl = control,
  .xSectorSize = tell_sector_size,
  .xDeviceCharacteristics = tell_characteristics,
  .xShmMap = map_log,
  .xShmLock = lock_log,
  .xShmBarrier = order_log,
  .xShmUnmap = release_log,
  .xFetch = nullptr,
  .xUnfetch = nullptr,
};

} // namespace gantry::storage::sqlite
