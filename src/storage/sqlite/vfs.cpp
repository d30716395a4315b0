#include "storage/sqlite/vfs.hpp"

#include "storage/sqlite/vfs_table.hpp"

#include <cerrno>
#include <fcntl.h>
#include <new>
#include <utility>

namespace gantry::storage::sqlite {

namespace {

/// 1970 as SQLite counts: milliseconds since noon, 24 November 4714 BC.
constexpr std::int64_t epoch = 210'866'760'000'000;

/// Journals, whose names SQLite expects to be durable once they are synced.
constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;

int access_of(int flags) {
  return ((flags & SQLITE_OPEN_READWRITE) != 0 ? O_RDWR : O_RDONLY) |
         ((flags & SQLITE_OPEN_CREATE) != 0 ? O_CREAT : 0) |
         ((flags & SQLITE_OPEN_EXCLUSIVE) != 0 ? O_EXCL : 0) | O_CLOEXEC;
}

int open_file(sqlite3_vfs* table, const char* name, sqlite3_file* place, int flags, int* opened) {
  auto& home = vfs_table::of(table);
  auto* file = new (place) vfs_file{};
  file->home = &home;
  file->path = name ? name : home.next_temporary_name();
  file->is_temporary = !name || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  file->is_new = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
  file->descriptor = home.files().open(AT_FDCWD, file->path.c_str(), access_of(flags), 0644);
  if (file->descriptor < 0) {
    file->~vfs_file();
    place->pMethods = nullptr; // SQLite does not close it
    return home.failed(SQLITE_CANTOPEN);
  }
  file->pMethods = &vfs_file_methods;
  if (opened)
    *opened = flags;
  return SQLITE_OK;
}

int remove_file(sqlite3_vfs* table, const char* name, int sync_folder) {
  auto& home = vfs_table::of(table);
  const int code = home.remove(name);
  return code == SQLITE_OK && sync_folder != 0 ? home.sync_folder_of(name) : code;
}

// An empty file counts as absent: so does one of SQLite's own file system.
int look_for_file(sqlite3_vfs* table, const char* name, int, int* found) {
  struct stat status {};
  auto& files = vfs_table::of(table).files();
  *found = files.status(AT_FDCWD, name, status, 0) == 0 && status.st_size > 0 ? 1 : 0;
  return SQLITE_OK;
}

int expand_name(sqlite3_vfs*, const char* name, int size, char* expanded) {
  sqlite3_snprintf(size, expanded, "%s", name);
  return SQLITE_OK;
}

int fill_with_random(sqlite3_vfs* table, int size, char* bytes) {
  vfs_table::of(table).around().fill_with_random(
    {reinterpret_cast<unsigned char*>(bytes), static_cast<std::size_t>(size)});
  return size;
}

int pause(sqlite3_vfs* table, int microseconds) {
  vfs_table::of(table).around().pause(std::chrono::microseconds{microseconds});
  return microseconds;
}

int tell_time(sqlite3_vfs* table, sqlite3_int64* now) {
  *now = epoch + vfs_table::of(table).around().now();
  return SQLITE_OK;
}

int tell_day(sqlite3_vfs* table, double* now) {
  constexpr double milliseconds_per_day = 86'400'000;
  *now = static_cast<double>(epoch + vfs_table::of(table).around().now()) / milliseconds_per_day;
  return SQLITE_OK;
}

int tell_last_error(sqlite3_vfs* table, int, char*) {
  return vfs_table::of(table).last_error();
}

} // namespace

vfs_table::vfs_table(file_system& files, surroundings around)
  : files_{files}, around_{std::move(around)} {
  table_.iVersion = 2;
  table_.szOsFile = sizeof(vfs_file);
  table_.mxPathname = 1024;
  table_.zName = "gantry";
  table_.pAppData = this;
  table_.xOpen = open_file;
  table_.xDelete = remove_file;
  table_.xAccess = look_for_file;
  table_.xFullPathname = expand_name;
  table_.xRandomness = fill_with_random;
  table_.xSleep = pause;
  table_.xCurrentTime = tell_day;
  table_.xGetLastError = tell_last_error;
  table_.xCurrentTimeInt64 = tell_time;
  sqlite3_vfs_register(&table_, 1);
  sqlite3_randomness(0, nullptr); // the generator seeds itself again, from this
}

std::string vfs_table::next_temporary_name() {
  return "/sqlite-" + std::to_string(++temporary_files_);
}

int vfs_table::failed(int code) noexcept {
  last_error_ = errno;
  return last_error_ == ENOSPC || last_error_ == EDQUOT ? SQLITE_FULL : code;
}

int vfs_table::remove(const std::string& path) {
  if (files_.remove(AT_FDCWD, path.c_str()) == 0)
    return SQLITE_OK;
  return failed(errno == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE);
}

int vfs_table::sync_folder_of(const std::string& path) {
  const auto folder = path.substr(0, path.rfind('/') + 1);
  const int opened = files_.open(AT_FDCWD, folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  const int code =
    opened >= 0 && files_.sync_folder(opened) == 0 ? SQLITE_OK : failed(SQLITE_IOERR_DIR_FSYNC);
  if (opened >= 0)
    files_.close(opened);
  return code;
}

vfs::vfs(file_system& files, surroundings around)
  : table_{std::make_unique<vfs_table>(files, std::move(around))} {}

vfs::~vfs() {
  table_.reset();
  sqlite3_randomness(0, nullptr); // what follows is random again
}

const char* vfs::name() const noexcept {
  return table_->name();
}

} // namespace gantry::storage::sqlite
