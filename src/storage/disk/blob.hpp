// A blob of the disk engine: an open file, or a small blob's bytes in memory.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "storage/api/blob.hpp"
#include "storage/disk/files.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace gantry::storage {

/// The row of a blob that is handed out before it is committed. A link to the blob reports why it
/// was not. Thread-safe.
class publication {
public:
  void failed(error why) {
    const lock_guard lock{mutex_};
    why_ = std::move(why);
  }
  /// Its transaction is over; answers who waits for that.
  void settle() {
    completion<void> waiting;
    {
      const lock_guard lock{mutex_};
      is_settled_ = true;
      waiting.swap(waiting_);
    }
    if (waiting)
      waiting({});
  }
  /// Called at most once for a blob that is published.
  void when_settled(completion<void> done) {
    {
      const lock_guard lock{mutex_};
      if (!is_settled_) {
        waiting_ = std::move(done);
        return;
      }
    }
    done({});
  }
  std::optional<error> failure() const {
    const lock_guard lock{mutex_};
    return why_;
  }

private:
  mutable mutex mutex_;
  std::optional<error> why_ GANTRY_GUARDED_BY(mutex_);
  bool is_settled_ GANTRY_GUARDED_BY(mutex_) = false;
  completion<void> waiting_ GANTRY_GUARDED_BY(mutex_);
};

/// Immutable.
class disk_blob final : public blob {
public:
  disk_blob(const digest& id, std::uint64_t size, storage::file bytes,
            std::shared_ptr<publication> published = {})
    : id_{id}, size_{size}, file_{std::move(bytes)}, published_{std::move(published)} {}
  disk_blob(const digest& id, std::string bytes, std::shared_ptr<publication> published = {})
    : id_{id}, size_{bytes.size()}, text_{std::move(bytes)}, published_{std::move(published)} {}

  const digest& id() const noexcept override { return id_; }
  std::uint64_t size() const noexcept override { return size_; }
  blob_source source() const override {
    return file_ ? blob_source{file_range{.descriptor = file_.descriptor(), .begin = 0}}
                 : blob_source{std::string_view{text_}};
  }
  bool is_inline() const noexcept { return !file_; }
  /// Empty unless inline.
  std::string_view text() const noexcept { return text_; }

  /// Null if the blob's row existed already.
  const std::shared_ptr<publication>& published() const noexcept { return published_; }

private:
  digest id_;
  std::uint64_t size_;
  std::string text_;
  storage::file file_;
  std::shared_ptr<publication> published_;
};

} // namespace gantry::storage
