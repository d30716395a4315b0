// The bytes of one open upload: in memory while they are few, then in a file in the folder
// `uploads`.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload.hpp"
#include "storage/api/uploads.hpp"
#include "storage/disk/files.hpp"
#include "storage/disk/upload_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace gantry::storage {

/// How a sink got the bytes of a file without copying them.
enum class taken_over : std::uint8_t { not_at_all, linked, cloned };

class disk_sink final : public blob_sink {
public:
  explicit disk_sink(upload_claim claimed) noexcept : claim_{std::move(claimed)} {}
  ~disk_sink() override;
  disk_sink(const disk_sink&) = delete;
  disk_sink& operator=(const disk_sink&) = delete;

  /// Reads back the saved state of the upload and truncates the bytes after it. Errors:
  /// upload_unknown (nothing was saved, or it cannot be trusted), disk_full, storage_failed.
  static result<resumed_upload> resume(upload_claim claimed);

  void append(std::span<const std::byte> bytes, completion<void> done) override {
    done(take(bytes));
  }
  std::uint64_t size() const noexcept override { return size_; }
  void read(std::span<std::byte> buffer, std::uint64_t offset,
            completion<std::size_t> done) const override {
    done(read(buffer, offset));
  }
  void save(const repository_name& repository, const upload_position& position, const hasher& hash,
            completion<void> done) override {
    done(save(repository, position, hash));
  }
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
  result<void> take(std::span<const std::byte> bytes);
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const;
  result<void> save(const repository_name& repository, const upload_position& position,
                    const hasher& hash);
  result<void> move_to_file();
  /// Copies the bytes to a separate file if a blob shares them.
  result<void> unshare();
  /// Names the file below `blobs`; replaces a file with that name.
  result<void> give_name(folder_view folder, const std::string& name);
  void forget_bytes() noexcept;
  upload_folder& home() const noexcept { return claim_.home(); }

  /// First, so that it ends last.
  upload_claim claim_;
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
