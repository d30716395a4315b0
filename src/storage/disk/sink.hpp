// The bytes of one open upload: in memory while they are few, then in a file in the folder
// `uploads`.
#pragma once

#include "base/mutex.hpp"
#include "domain/storage.hpp"
#include "storage/disk/files.hpp"
#include "storage/disk/folder.hpp"
#include "storage/disk/reserve.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace gantry::storage {

/// State shared by all sinks of an engine; outlives them. Thread-safe.
class upload_folder {
public:
  upload_folder(data_folder& uploads, std::size_t inline_limit, std::string boot,
                disk_reserve& kept)
    : folder{uploads}, inline_threshold{inline_limit}, boot_id{std::move(boot)}, reserve{kept} {}

  data_folder& folder;
  /// Blobs up to this many bytes are stored in the database.
  std::size_t inline_threshold;
  std::string boot_id;
  /// Uploads must not take its bytes.
  disk_reserve& reserve;
  /// Total bytes of all open uploads.
  std::atomic<std::uint64_t> bytes{0};
  /// Raised when the engine is cleared: older sinks no longer save anything.
  std::atomic<std::uint64_t> generation{0};

  /// Saved uploads that no sink has open. May lag briefly.
  std::atomic<std::size_t> left{0};

  /// Whether a sink has the upload open, so that its files are in use.
  bool is_open(const upload_id& id) const;
  /// Whether a sink has it open that was created after the last clearing.
  bool is_current(const upload_id& id) const;
  /// Removes the saved state of an upload that no sink has open.
  void forget(const upload_id& id) noexcept;
  /// A saved upload was opened or removed.
  void not_left() noexcept;

private:
  friend class disk_sink;
  mutable mutex mutex_;
  /// Open uploads, each with the generation in which it was opened.
  std::unordered_map<upload_id, std::uint64_t> open_ GANTRY_GUARDED_BY(mutex_);
};

/// How a sink got the bytes of a file without copying them.
enum class taken_over : std::uint8_t { not_at_all, linked, cloned };

class disk_sink final : public blob_sink {
public:
  disk_sink(std::shared_ptr<upload_folder> home, const upload_id& id);
  ~disk_sink() override;
  disk_sink(const disk_sink&) = delete;
  disk_sink& operator=(const disk_sink&) = delete;

  /// Reads back the saved state of `id` and truncates the bytes after it. Errors: upload_unknown
  /// (nothing was saved, or it cannot be trusted), disk_full, storage_failed.
  static result<resumed_upload> resume(std::shared_ptr<upload_folder> home, const upload_id& id);

  result<void> append(std::span<const std::byte> bytes) override;
  std::uint64_t size() const noexcept override { return size_; }
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const override;
  result<void> save(const repository_name& repository, const upload_position& position,
                    const hasher& hash) override;
  void discard() noexcept override;

  /// Makes a file the bytes of this empty sink: a second name of it, or a file that shares its
  /// blocks if the system refuses the name. Not at all if the file system can do neither, or the
  /// blob is one for the database. Nothing may write to the file later. Errors: disk_full,
  /// storage_failed.
  result<taken_over> take_over(int descriptor);

  bool is_inline() const noexcept { return !data_; }
  /// For an inline sink; unusable afterwards.
  std::string take_text() { return std::move(text_); }
  /// Makes the bytes durable under the blob's name, including the folder entry. Saved state stays;
  /// its bytes then have both names. The sink is unusable afterwards. Errors: disk_full,
  /// storage_failed; do not retry.
  result<file> move_to(const digest& id);

private:
  result<void> move_to_file();
  /// Copies the bytes to a separate file if a blob shares them.
  result<void> unshare();
  /// Names the file below `blobs`; replaces a file with that name.
  result<void> give_name(int folder, const std::string& name);
  void forget_bytes() noexcept;

  std::shared_ptr<upload_folder> home_;
  upload_id id_;
  std::uint64_t generation_;
  std::string text_;
  file data_;
  std::uint64_t size_ = 0;
  bool saved_ = false;
  /// An earlier process published the file and died before it forgot the upload. The file belongs
  /// to a blob and must not be written to.
  bool shared_ = false;
  /// Whether the folder may contain a data file.
  bool has_data_file_ = false;
};

/// `disk_sink::take_over`, if `sink` is one; otherwise not at all.
result<taken_over> take_over(blob_sink& sink, int descriptor);

} // namespace gantry::storage
