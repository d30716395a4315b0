// The uploads of a data folder that are open, and those that were saved.
#pragma once

#include "base/mutex.hpp"
#include "domain/time_point.hpp"
#include "domain/upload_id.hpp"
#include "storage/disk/folder.hpp"
#include "storage/disk/reserve.hpp"
#include "storage/disk/upload_records.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace gantry::storage {

class upload_claim;

/// State shared by all sinks of an engine; outlives them. Thread-safe.
class upload_folder {
public:
  upload_folder(data_folder& uploads, std::size_t inline_limit, std::string boot_id,
                std::function<time_point()> clock, disk_reserve& kept)
    : folder{uploads},
      records{uploads.upload_records(), inline_limit, std::move(boot_id)},
      inline_threshold{inline_limit},
      now{std::move(clock)},
      reserve{kept} {
    left = records.size();
  }

  data_folder& folder;
  upload_records records;
  /// Blobs up to this many bytes are stored in the database.
  std::size_t inline_threshold;
  std::function<time_point()> now;
  /// Uploads must not take its bytes.
  disk_reserve& reserve;
  /// Total bytes of all open uploads.
  std::atomic<std::uint64_t> bytes{0};
  /// Raised when the engine is cleared: older sinks no longer save anything.
  std::atomic<std::uint64_t> generation{0};

  /// Saved uploads that nothing has claimed. May lag briefly.
  std::atomic<std::size_t> left{0};

  /// Whether the upload was claimed, so that its files are in use.
  bool is_claimed(const upload_id& id) const;
  /// Whether it was claimed after the last clearing.
  bool is_current(const upload_id& id) const;
  /// Removes the saved state of an upload. Precondition: no sink has it open.
  void forget(const upload_id& id) noexcept;
  /// A saved upload was opened or removed.
  void not_left() noexcept;

private:
  friend class upload_claim;
  mutable mutex mutex_;
  /// Claimed uploads, each with the generation of its claim.
  std::unordered_map<upload_id, std::uint64_t> claimed_ GANTRY_GUARDED_BY(mutex_);
};

/// For its lifetime, nothing else opens the upload, or removes its files.
class upload_claim {
public:
  /// Absent if something else has claimed it.
  static std::optional<upload_claim> of(std::shared_ptr<upload_folder> home, const upload_id& id);

  upload_claim(upload_claim&&) noexcept = default;
  upload_claim& operator=(upload_claim&&) = delete;
  ~upload_claim();

  upload_folder& home() const noexcept { return *home_; }
  const upload_id& id() const noexcept { return id_; }
  /// Whether the engine was not cleared since.
  bool is_current() const noexcept { return generation_ == home_->generation; }

private:
  upload_claim(std::shared_ptr<upload_folder> home, const upload_id& id,
               std::uint64_t generation) noexcept
    : home_{std::move(home)}, id_{id}, generation_{generation} {}

  /// Null if it was moved from.
  std::shared_ptr<upload_folder> home_;
  upload_id id_;
  std::uint64_t generation_;
};

} // namespace gantry::storage
