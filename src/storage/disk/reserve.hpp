// Room that a data folder keeps for deletions: without it, nothing could be deleted from a full
// disk, because a deletion is a write, too.
#pragma once

#include "base/mutex.hpp"
#include "storage/disk/files.hpp"

#include <atomic>
#include <cstdint>

namespace gantry::storage {

/// A file without content, whose bytes the disk has set aside. When the disk is full, they are
/// given up, and only writes that free bytes are accepted until the file can be made again.
/// Thread-safe.
class disk_reserve {
public:
  /// Makes the file in the folder `parent`, which stays open as long as this. A disk that is full
  /// already counts as one whose reserve was given up. There is none on a disk of less than eight
  /// times `bytes`, and on one that cannot set bytes aside: if it is full, it refuses deletions,
  /// too.
  disk_reserve(folder_view parent, std::uint64_t bytes);

  /// The disk was full, and has not had room since. Cheap.
  bool is_used_up() const noexcept { return used_up_; }
  /// The disk is full. Returns whether the reserve gave it room.
  bool release();
  /// Takes the bytes again if the disk has twice as many free. Returns whether writes may store
  /// something: not `is_used_up()`. Costs a system call if they may not, otherwise nothing.
  bool restore();

private:
  bool has_room() const noexcept;
  bool make() GANTRY_REQUIRES(mutex_);

  const folder_view parent_;
  const std::uint64_t bytes_;
  std::atomic<bool> used_up_{false};
  mutex mutex_;
  bool held_ GANTRY_GUARDED_BY(mutex_) = false;
};

} // namespace gantry::storage
