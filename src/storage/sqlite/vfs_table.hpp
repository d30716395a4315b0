// The tables of functions through which SQLite calls a `vfs`.
#pragma once

#include "storage/sqlite/database_locks.hpp"
#include "storage/sqlite/vfs.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace gantry::storage::sqlite {

class vfs_table {
public:
  vfs_table(file_system& files, surroundings around);
  ~vfs_table() { sqlite3_vfs_unregister(&table_); }
  vfs_table(const vfs_table&) = delete;
  vfs_table& operator=(const vfs_table&) = delete;

  static vfs_table& of(const sqlite3_vfs* table) noexcept {
    return *static_cast<vfs_table*>(table->pAppData);
  }

  const char* name() const noexcept { return table_.zName; }
  file_system& files() const noexcept { return files_; }
  const surroundings& around() const noexcept { return around_; }
  database_locks& locks_of(const std::string& path) { return locks_[path]; }
  /// For files that SQLite does not name.
  std::string next_temporary_name();

  /// Notes `errno` for SQLite, and returns the code: SQLITE_FULL if the disk is.
  int failed(int code) noexcept;
  int last_error() const noexcept { return last_error_; }

  int remove(const std::string& path);
  int sync_folder_of(const std::string& path);

private:
  file_system& files_;
  const surroundings around_;
  std::map<std::string, database_locks> locks_;
  int last_error_ = 0;
  int temporary_files_ = 0;
  sqlite3_vfs table_{};
};

/// A file that SQLite has open, in memory that SQLite provides.
struct vfs_file : sqlite3_file {
  vfs_table* home = nullptr;
  std::string path;
  int descriptor = -1;
  /// Its name must become durable with its first bytes.
  bool is_new = false;
  bool is_temporary = false;
  /// SQLITE_LOCK_*
  int lock = 0;
  std::shared_ptr<log_index> log;
  log_index::held_locks log_locks{};
};

extern const sqlite3_io_methods vfs_file_methods;

} // namespace gantry::storage::sqlite
