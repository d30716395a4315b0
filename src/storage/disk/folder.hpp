// The data folder of one engine: locked against a second process, and opened once so that every
// path below it is relative to a descriptor.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "storage/disk/files.hpp"
#include "storage/disk/lock_wait.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::storage {

/// Any thread, once constructed.
class data_folder {
public:
  /// Opens `path`, makes it if `create` says so, and locks it until destroyed. Throws
  /// std::runtime_error with one line that says what to do: the folder is not there, belongs to
  /// something else, is still in use by another process after `wait`, or cannot be written.
  data_folder(const std::filesystem::path& path, bool create, const lock_wait& wait);

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string database_path() const;
  /// Whether path, database and subfolders are still the ones that were opened: what is written to
  /// files without a name is lost. A few system calls. Errors: storage_failed; logged once.
  result<void> health() const;
  int uploads() const noexcept { return uploads_.descriptor(); }
  /// Made when it is first needed.
  result<int> quarantine();
  /// The folder that a blob's file lies in, made when it is first needed.
  result<int> blob_folder(const digest& id);

  result<std::optional<file>> get_blob(const digest& id);
  /// Gives up the bytes; whether there were any.
  result<bool> remove_blob(const digest& id);
  /// Calls `visit` for each file below `blobs`, one algorithm and fan-out folder after the other,
  /// until it returns false; `foreign` for names that no digest has.
  result<void> for_each_blob(const std::function<bool(const digest&)>& visit,
                             const std::function<void(const std::string&)>& foreign);

private:
  static constexpr std::size_t algorithms = 3;

  struct fan_out_folders {
    file top;
    std::array<file, 256> below;
  };

  /// The folder of one fan-out; with `create` false -1 where it is not there.
  result<int> open_fan_out(digest_algorithm algorithm, std::uint8_t byte, bool create);
  /// One that was removed while it was open takes no file any more. Another thread may still use
  /// its descriptor.
  void retire_if_removed(file& folder) GANTRY_REQUIRES(mutex_);
  void lock(const lock_wait& wait);
  /// False if another process has the lock.
  bool try_lock();
  /// What the owner of the lock wrote into it, in parentheses and with a blank in front; empty if
  /// that is nothing.
  std::string owner() const;

  std::filesystem::path path_;
  file root_;
  file lock_;
  file blobs_;
  file uploads_;
  std::uint64_t inode_ = 0;
  /// Of each of the watched names; 0 until it was seen.
  mutable std::array<std::atomic<std::uint64_t>, 6> inodes_{};
  mutable std::atomic<bool> reported_{false};
  mutex mutex_;
  file quarantine_ GANTRY_GUARDED_BY(mutex_);
  std::array<fan_out_folders, algorithms> folders_ GANTRY_GUARDED_BY(mutex_);
  std::vector<file> retired_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage
