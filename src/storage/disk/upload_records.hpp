// The records of saved uploads: slots of one file, which stays open. Saving is one write, and needs
// no new name.
#pragma once

#include "base/mutex.hpp"
#include "domain/upload_id.hpp"
#include "storage/disk/files.hpp"
#include "storage/disk/upload_record.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gantry::storage {

/// Thread-safe, but for one upload at most one call at a time may change something. Nothing is
/// synced: records survive the end of the process, and perhaps that of the machine.
class upload_records {
public:
  /// Bytes per slot: a record with this many inline bytes fits.
  static constexpr std::size_t slot_size_for(std::size_t inline_bytes) noexcept {
    return (inline_bytes + largest_head + page - 1) / page * page;
  }

  /// Takes up what an earlier process saved, and cuts off what it no longer needed at the end of
  /// the file. Slots with damaged records, or with ones that cannot be read, are free.
  upload_records(file slots, std::size_t largest_inline, std::string boot_id);

  /// Replaces the record of the upload. Errors: disk_full, storage_failed; the previous one then
  /// stays.
  result<void> save(const saved_upload& whose, const upload_position& position, const hasher& hash,
                    std::string_view inline_bytes);
  /// Null if there is none, or it is damaged. Errors: storage_failed.
  result<std::optional<upload_record>> find(const upload_id& id) const;
  /// When the upload was saved; null if it was not.
  std::optional<time_point> saved_at(const upload_id& id) const;
  /// Returns whether there was a record.
  bool forget(const upload_id& id) noexcept;

  std::size_t size() const;
  /// All that are saved now, in no order.
  std::vector<saved_upload> all() const;

private:
  using slot_number = std::uint64_t;

  struct entry {
    saved_upload whose;
    slot_number slot;
  };

  static constexpr std::size_t page = 4096;
  /// More bytes than a record has beside the inline ones.
  static constexpr std::size_t largest_head = 1024;

  std::uint64_t place_of(slot_number slot) const noexcept { return slot * slot_size_; }
  result<std::string> read(slot_number slot) const;
  void take_up(slot_number slot);
  /// Those at the end of the file. Precondition: no other thread uses this yet.
  void cut_off_free_slots();
  /// The record of the upload is now there. Releases the slot that had it.
  void point_to(slot_number slot, const saved_upload& whose);
  slot_number take_free();
  /// Marks the slot as free, in the file first.
  void release(slot_number slot) noexcept;

  const std::size_t slot_size_;
  const std::string boot_id_;
  file slots_;
  mutable mutex mutex_;
  std::unordered_map<upload_id, entry> saved_ GANTRY_GUARDED_BY(mutex_);
  /// The first is taken first, so that the file stays short.
  std::set<slot_number> free_ GANTRY_GUARDED_BY(mutex_);
  /// All slots below this are saved, free, or just being written.
  slot_number end_ GANTRY_GUARDED_BY(mutex_) = 0;
};

} // namespace gantry::storage
