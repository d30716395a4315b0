// A blob in RAM and the sink that it grows in: a string while it is small, a memory file from then
// on.
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

/// What a sink gathers and a blob keeps. Either `text` or `file` holds the bytes.
struct memory_bytes {
  byte_claim claim;
  std::string text;
  memory_file file;
  std::uint64_t size = 0;
};

/// Immutable but for its mapping and the count of its links, which any thread may change. Takes
/// itself out of the index when the last holder lets go.
class memory_blob final : public blob {
public:
  /// `generation` is the index's when the upload of the bytes was opened.
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
  /// Mapped at the first call that finds room, for all readers.
  std::string_view mapped_bytes() const noexcept override;
  /// Stores of another generation do not link it: the engine was cleared between the two.
  std::uint64_t generation() const noexcept { return generation_; }

private:
  friend class blob_link;

  digest id_;
  memory_bytes bytes_;
  std::weak_ptr<blob_index> index_;
  std::uint64_t generation_;
  mutable std::atomic<std::uint32_t> links_{0};
  mutable gantry::mutex mutex_;
  mutable memory_mapping mapping_ GANTRY_GUARDED_BY(mutex_);
};

/// A repository's hold on a blob. The last one to go ends the blob's lease, so that what was
/// deleted gives its bytes back at once.
class blob_link {
public:
  /// To nothing.
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
  /// `claim` has paid for a blob and an open upload already. Above `inline_threshold` bytes a file
  /// of `arena` is opened.
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

  /// Gives the bytes away; the sink is of no use afterwards.
  memory_bytes release();
  /// The index's when the sink was opened.
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
