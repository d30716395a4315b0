#include "storage/disk/reserve.hpp"

#include "storage/disk/layout.hpp"
#include "telemetry/log.hpp"

#include <tuple>

#include <fcntl.h>
#include <sys/statvfs.h>

namespace gantry::storage {

namespace {

struct room {
  std::uint64_t free = 0;
  std::uint64_t all = 0;
};

/// Of the folder's disk; zero if the system cannot say.
room room_of(folder_view folder) noexcept {
  struct statvfs disk {};
  if (folder.system().space(folder.descriptor(), disk) != 0)
    return {};
  const std::uint64_t block = disk.f_frsize;
  return {disk.f_bavail * block, disk.f_blocks * block};
}

/// How many times the reserve a disk has at least: one that is smaller needs all of its bytes.
constexpr std::uint64_t least_disk = 8;

} // namespace

disk_reserve::disk_reserve(folder_view parent, std::uint64_t bytes)
  : parent_{parent}, bytes_{bytes} {
  const lock_guard lock{mutex_};
  if (room_of(parent_).all < least_disk * bytes_)
    return;
  held_ = make();
  used_up_ = !held_ && !has_room();
}

/// As much again stays free, so that the next write does not need the reserve at once.
bool disk_reserve::has_room() const noexcept {
  return room_of(parent_).free > 2 * bytes_;
}

bool disk_reserve::make() {
  auto& system = parent_.system();
  const file existing{
    system, system.open(parent_.descriptor(), layout::reserve, O_RDWR | O_CREAT | O_CLOEXEC, 0640)};
  if (!existing)
    return false;
  // Bytes that an earlier process has set aside are there already.
  if (const auto size = existing.size(); size && *size == bytes_)
    return true;
  if (has_room() && system.allocate(existing.descriptor(), bytes_) == 0)
    return true;
  std::ignore = remove_file(parent_, layout::reserve);
  return false;
}

bool disk_reserve::release() {
  const lock_guard lock{mutex_};
  if (!held_)
    return false;
  held_ = false;
  used_up_ = true;
  telemetry::log().error("storage: the disk is full: only pulls, deletes and collections work "
                         "until it has {} MiB free",
                         2 * bytes_ / (1024 * 1024));
  const auto removed = remove_file(parent_, layout::reserve);
  return removed && *removed;
}

bool disk_reserve::restore() {
  if (!used_up_)
    return true;
  const lock_guard lock{mutex_};
  if (!has_room())
    return false;
  held_ = make();
  used_up_ = false;
  telemetry::log().warn("storage: the disk has room again");
  return true;
}

} // namespace gantry::storage
