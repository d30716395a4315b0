// The system calls through which the disk engine reaches the disk. Another implementation may fail
// them, or lose what was not synced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

namespace gantry::storage {

/// Functions that return a number return -1 after a failure, and set `errno`, like the system calls
/// that they stand for. A descriptor of a file may be passed to pread(2), sendfile(2) and mmap(2);
/// everything else goes through this. Names are relative to a folder, whose descriptor may be
/// AT_FDCWD. Thread-safe.
class file_system {
public:
  virtual ~file_system() = default;

  /// `flags` and `mode` of openat(2).
  virtual int open(int folder, const char* name, int flags, mode_t mode) = 0;
  virtual void close(int descriptor) noexcept = 0;
  virtual ssize_t read(int descriptor, std::span<std::byte> buffer, std::uint64_t offset) = 0;
  virtual ssize_t write(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset) = 0;
  virtual int truncate(int descriptor, std::uint64_t size) = 0;
  /// Sets bytes aside (fallocate).
  virtual int allocate(int descriptor, std::uint64_t size) = 0;
  /// Makes the bytes of a file durable (fdatasync).
  virtual int sync(int descriptor) = 0;
  /// Makes the entries of a folder durable (fsync).
  virtual int sync_folder(int descriptor) = 0;
  virtual int status(int descriptor, struct stat& found) = 0;
  /// `flags` of fstatat(2).
  virtual int status(int folder, const char* name, struct stat& found, int flags) = 0;
  virtual int change_owner(int descriptor, uid_t user, gid_t group) = 0;
  /// flock(2); a lock ends with its process.
  virtual int lock(int descriptor, int how) = 0;

  virtual int make_folder(int parent, const char* name, mode_t mode) = 0;
  virtual int rename(int from, const char* old_name, int to, const char* new_name) = 0;
  /// Fails if there is a file of the new name.
  virtual int link(int from, const char* name, int to, const char* new_name) = 0;
  /// Gives an open file, which may be of another file system, a name.
  virtual int link_open(int descriptor, int to, const char* name) = 0;
  /// Shares the blocks of a file (FICLONE).
  virtual int clone(int to, int from) = 0;
  /// Copies bytes from `offset` of one file to the same place of another; returns how many.
  virtual ssize_t copy(int to, int from, std::uint64_t offset, std::uint64_t size) = 0;
  virtual int remove(int folder, const char* name) = 0;
  /// Visits all names in a folder except `.` and `..`, in no order.
  virtual int list(int folder, const std::function<void(std::string_view)>& visit) = 0;

  virtual int space(int folder, struct statvfs& found) = 0;
  /// Identifies the run of the machine: data that was not synced survives the end of a process, but
  /// not of the machine. Empty if unknown.
  virtual std::string boot_id() = 0;
  /// The name under which SQLite knows this file system (`sqlite::vfs`); null for SQLite's own.
  virtual const char* database_vfs() const noexcept { return nullptr; }
};

/// The one of the operating system.
file_system& real_file_system() noexcept;

/// A folder that is open elsewhere.
class folder_view {
public:
  /// A folder of the operating system. Implicit, because most folders are.
  folder_view(int descriptor) noexcept // NOLINT(google-explicit-constructor)
    : folder_view{real_file_system(), descriptor} {}
  folder_view(file_system& system, int descriptor) noexcept
    : system_{&system}, descriptor_{descriptor} {}

  file_system& system() const noexcept { return *system_; }
  int descriptor() const noexcept { return descriptor_; }

private:
  file_system* system_;
  int descriptor_;
};

} // namespace gantry::storage
