// A blob in RAM, and the sink that collects its bytes: in a string while it is small, in a memory
// file after that.
#pragma once

#include "base/byte_budget.hpp"
#include "base/mutex.hpp"
#include "domain/storage.hpp"
#include "storage/memory/file.hpp"

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gantry::storage {

class blob_index;

/// The bytes that a sink collects and a blob keeps, in either `text` or `file`.
struct memory_bytes {
  byte_claim claim;
  std::string text;
  memory_file file;
  std::uint64_t size = 0;
};

/// Immutable except for its mapping, its generation and the count of its links, which any thread
/// may change. Removes itself from the index when its last holder releases it.
class memory_blob final : public blob {
public:
  /// `generation` is the index's generation when the upload was opened.
  memory_blob(const digest& id, memory_bytes bytes, std::weak_ptr<blob_index> index,
              std::uint64_t generation);
  memory_blob(const memory_blob&) = delete;
  memory_blob& operator=(const memory_blob&) = delete;
  ~memory_blob() override;

  const digest& id() const noexcept override { return id_; }
  std::uint64_t size() const noexcept override { return bytes_.size; }
  blob_file file() const noexcept override {
    return {bytes_.file.descriptor(), bytes_.file.begin()};
  }
  std::string_view inline_bytes() const noexcept override { return bytes_.text; }
  /// The first call that finds room maps them, for all readers.
  std::string_view mapped_bytes() const noexcept override;
  /// Stores of another generation do not link it, because the engine was cleared in between.
  std::uint64_t generation() const noexcept { return generation_; }
  /// The engine returned to contents that have this blob.
  void adopt(std::uint64_t generation) const noexcept { generation_ = generation; }
  bool is_linked() const noexcept { return links_ > 0; }

private:
  friend class blob_link;

  digest id_;
  memory_bytes bytes_;
  std::weak_ptr<blob_index> index_;
  mutable std::atomic<std::uint64_t> generation_;
  mutable std::atomic<std::uint32_t> links_{0};
  mutable gantry::mutex mutex_;
  mutable memory_mapping mapping_ GANTRY_GUARDED_BY(mutex_);
};

/// A repository's link to a blob. When the last one is destroyed, the blob's lease ends, so a
/// deletion frees the bytes at once.
class blob_link {
public:
  /// An empty link.
  blob_link() = default;
  explicit blob_link(std::shared_ptr<const memory_blob> linked) noexcept;
  blob_link(blob_link&&) noexcept = default;
  blob_link& operator=(blob_link&& other) noexcept {
    target_.swap(other.target_);
    return *this;
  }
  ~blob_link();

  explicit operator bool() const noexcept { return target_ != nullptr; }
  const std::shared_ptr<const memory_blob>& target() const noexcept { return target_; }

private:
  std::shared_ptr<const memory_blob> target_;
};

class memory_sink final : public blob_sink {
public:
  /// `claim` already covers a blob and an open upload. Beyond `inline_threshold` bytes, a file of
  /// `arena` is opened.
  memory_sink(byte_claim claim, std::shared_ptr<memory_arena> arena, std::size_t inline_threshold,
              std::uint64_t generation) noexcept;

  result<void> append(std::span<const std::byte> bytes) override;
  std::uint64_t size() const noexcept override { return bytes_.size; }
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const override;
  result<void> save(const repository_name&, [[maybe_unused]] const upload_position& position,
                    const hasher&) override {
    assert(position.offset == size());
    return {};
  }
  /// Precondition: not released.
  void discard() noexcept override;

  /// Hands the bytes over; the sink is of no use afterwards.
  memory_bytes release();
  /// The index's generation when the sink was opened.
  std::uint64_t generation() const noexcept { return generation_; }

private:
  result<void> write(std::span<const std::byte> bytes);
  result<void> move_to_file();

  memory_bytes bytes_;
  std::shared_ptr<memory_arena> arena_;
  std::size_t inline_threshold_;
  std::uint64_t generation_;
};

} // namespace gantry::storage
