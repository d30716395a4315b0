// The data folder of one engine: locked against a second process, and opened once so that every
// path below it is relative to a descriptor.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "storage/disk/files.hpp"
#include "storage/disk/lock_wait.hpp"
#include "storage/file_system.hpp"
#include "storage/sqlite/location.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::storage {

/// Thread-safe once constructed.
class data_folder {
public:
  /// Opens `path`, creates it if `create` is set, and locks it until destruction. Throws
  /// std::runtime_error with one line that says what to do: the folder does not exist, belongs to
  /// another program, is still in use by another process after `wait`, or cannot be written.
  data_folder(const std::filesystem::path& path, bool create, const lock_wait& wait,
              file_system& system = real_file_system());

  file_system& system() const noexcept { return system_; }
  const std::filesystem::path& path() const noexcept { return path_; }
  sqlite::location database() const;
  /// Whether the path, the database and the subfolders are still the ones that were opened: data
  /// written to an unlinked file is lost. Costs a few system calls. Errors: storage_failed; logged
  /// once.
  result<void> health() const;
  /// Bytes that this process may still write to the folder's disk; absent if the system cannot say.
  std::optional<std::uint64_t> free_bytes() const noexcept;
  folder_view root() const noexcept { return root_.folder(); }
  folder_view uploads() const noexcept { return uploads_.folder(); }
  /// Opens the file of the uploads' records; creates it if it does not exist. Throws
  /// std::runtime_error.
  file upload_records() const;
  /// Created on first use.
  result<folder_view> quarantine();
  /// The folder of a blob's file; created on first use.
  result<folder_view> blob_folder(const digest& id);

  result<std::optional<file>> get_blob(const digest& id);
  /// Removes the blob's file; returns whether it existed.
  result<bool> remove_blob(const digest& id);
  /// Calls `visit` for each file below `blobs`, one fan-out folder at a time, until it returns
  /// false. Calls `foreign` for names that do not belong to a digest.
  result<void> for_each_blob(const std::function<bool(const digest&)>& visit,
                             const std::function<void(const std::string&)>& foreign);

private:
  static constexpr std::size_t algorithms = 3;

  struct fan_out_folders {
    file top;
    std::array<file, 256> below;
  };

  /// Whether a name in a folder is taken.
  bool holds(folder_view folder, const char* name) const noexcept;
  /// Refuses a folder that cannot become, or is not, a data folder.
  void check(bool create) const;
  /// A new data folder may only be created in an empty one: other contents belong to another
  /// program.
  void check_contents() const;
  /// Opens the folder of one fan-out. Without `create`, null if it does not exist.
  result<std::optional<folder_view>> open_fan_out(digest_algorithm algorithm, std::uint8_t byte,
                                                  bool create);
  /// Replaces the descriptor of a folder that was removed while open, which accepts no files any
  /// more. The old descriptor stays open because another thread may use it.
  void retire_if_removed(file& folder) GANTRY_REQUIRES(mutex_);
  void lock(const lock_wait& wait);
  /// False if another process has the lock.
  bool try_lock();
  /// The text that the lock's owner wrote into it, in parentheses with a leading space; empty if
  /// there is none.
  std::string owner() const;

  file_system& system_;
  std::filesystem::path path_;
  file root_;
  file lock_;
  file blobs_;
  file uploads_;
  std::uint64_t inode_ = 0;
  /// The inode of each watched name; 0 until first seen.
  mutable std::array<std::atomic<std::uint64_t>, 7> inodes_{};
  mutable std::atomic<bool> reported_{false};
  mutex mutex_;
  file quarantine_ GANTRY_GUARDED_BY(mutex_);
  std::array<fan_out_folders, algorithms> folders_ GANTRY_GUARDED_BY(mutex_);
  std::vector<file> retired_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
