// The bytes of one open upload: in memory while they are few, in a file of the folder `uploads`
// from then on.
#pragma once

#include "base/mutex.hpp"
#include "domain/storage.hpp"
#include "storage/disk/files.hpp"
#include "storage/disk/folder.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace gantry::storage {

/// What all sinks of an engine share; outlives them. Any thread.
class upload_folder {
public:
  upload_folder(data_folder& uploads, std::size_t inline_limit, std::string boot)
    : folder{uploads}, inline_threshold{inline_limit}, boot_id{std::move(boot)} {}

  data_folder& folder;
  /// Blobs of at most this many bytes lie in the database.
  std::size_t inline_threshold;
  std::string boot_id;
  /// Bytes of all open uploads.
  std::atomic<std::uint64_t> bytes{0};
  /// Raised when the engine forgets everything: sinks of before save nothing any more.
  std::atomic<std::uint64_t> generation{0};

  /// Saved uploads that no sink has open. It may lag behind for a moment.
  std::atomic<std::size_t> left{0};

  /// Whether a sink of that upload is there: then its files are in use.
  bool is_open(const upload_id& id) const;
  /// Whether it is, and was opened after everything was forgotten last.
  bool is_current(const upload_id& id) const;
  /// Removes what was saved of an upload that no sink has open.
  void forget(const upload_id& id) noexcept;
  /// A saved upload is open, or gone.
  void not_left() noexcept;

private:
  friend class disk_sink;
  mutable mutex mutex_;
  /// And the generation that each was opened in.
  std::unordered_map<upload_id, std::uint64_t> open_ GANTRY_GUARDED_BY(mutex_);
};

class disk_sink final : public blob_sink {
public:
  disk_sink(std::shared_ptr<upload_folder> home, const upload_id& id);
  ~disk_sink() override;
  disk_sink(const disk_sink&) = delete;
  disk_sink& operator=(const disk_sink&) = delete;

  /// What was saved of `id`, read back; bytes that came after that are cut off. Errors:
  /// upload_unknown (nothing was saved, or it cannot be trusted), disk_full, storage_failed.
  static result<resumed_upload> resume(std::shared_ptr<upload_folder> home, const upload_id& id);

  result<void> append(std::span<const std::byte> bytes) override;
  std::uint64_t size() const noexcept override { return size_; }
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const override;
  result<void> save(const repository_name& repository, const upload_position& position,
                    const hasher& hash) override;
  void discard() noexcept override;

  bool is_inline() const noexcept { return !data_; }
  /// Of a sink that is inline; it is of no use afterwards.
  std::string take_text() { return std::move(text_); }
  /// Makes the bytes durable under the name of the blob, the folder's entry included. What was
  /// saved stays, and its bytes have both names from then on. The sink is of no use afterwards.
  /// Errors: disk_full, storage_failed; never to be tried again.
  result<file> move_to(const digest& id);

private:
  result<void> move_to_file();
  /// Copies the bytes to a file of their own if a blob has them, too.
  result<void> unshare();
  /// Gives the file its name below `blobs`, in the place of whatever had it.
  result<void> give_name(int folder, const std::string& name);
  void forget_bytes() noexcept;

  std::shared_ptr<upload_folder> home_;
  upload_id id_;
  std::uint64_t generation_;
  std::string text_;
  file data_;
  std::uint64_t size_ = 0;
  bool saved_ = false;
  /// A process before this one published the file, and did not come to forget the upload: it is a
  /// blob's, and never written to.
  bool shared_ = false;
  /// Whether there may be a file of bytes in the folder.
  bool has_data_file_ = false;
};

} // namespace gantry::storage
