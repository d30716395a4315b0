// A blob in RAM, and the sink that collects its bytes: in a string while it is small, in a memory
// file after that.
#pragma once

#include "base/byte_budget.hpp"
#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/paging.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload.hpp"
#include "storage/api/blob.hpp"
#include "storage/api/uploads.hpp"
#include "storage/memory/file.hpp"

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::storage {

class blob_index;
class room_maker;

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
  /// The first call that finds room maps the bytes of a file, for all readers.
  blob_source source() const override;
  /// Stores of another generation do not link it, because the engine was cleared in between.
  std::uint64_t generation() const noexcept { return generation_; }
  /// The engine returned to contents that have this blob.
  void adopt(std::uint64_t generation) const noexcept { generation_ = generation; }
  bool is_linked() const noexcept { return links_ > 0; }
  /// The repositories that link it; one may be of contents that are gone.
  page<repository_name> list_linking(const page_request& request) const;

private:
  friend class blob_link;

  /// Two stores may have the same name, if the engine was cleared in between.
  struct by_name {
    using is_transparent = void;
    bool operator()(const repository_name* left, const repository_name* right) const noexcept {
      return *left == *right ? std::less<>{}(left, right) : *left < *right;
    }
    bool operator()(std::string_view left, const repository_name* right) const noexcept {
      return left < right->to_string();
    }
    bool operator()(const repository_name* left, std::string_view right) const noexcept {
      return left->to_string() < right;
    }
  };

  std::string_view map() const noexcept;

  digest id_;
  memory_bytes bytes_;
  std::weak_ptr<blob_index> index_;
  mutable std::atomic<std::uint64_t> generation_;
  mutable std::atomic<std::uint32_t> links_{0};
  mutable gantry::mutex mutex_;
  mutable std::set<const repository_name*, by_name> linking_ GANTRY_GUARDED_BY(mutex_);
  mutable memory_mapping mapping_ GANTRY_GUARDED_BY(mutex_);
};

/// A repository's link to a blob.
class blob_link {
public:
  /// An empty link.
  blob_link() = default;
  /// `from` outlives it.
  blob_link(std::shared_ptr<const memory_blob> linked, const repository_name& from);
  blob_link(blob_link&&) noexcept = default;
  blob_link& operator=(blob_link&& other) noexcept {
    target_.swap(other.target_);
    std::swap(from_, other.from_);
    return *this;
  }
  ~blob_link();

  explicit operator bool() const noexcept { return target_ != nullptr; }
  const std::shared_ptr<const memory_blob>& target() const noexcept { return target_; }

private:
  std::shared_ptr<const memory_blob> target_;
  const repository_name* from_ = nullptr;
};

/// The bytes that a sink has taken. A write that waits for room holds them, because its sink may go
/// meanwhile.
struct memory_collection {
  memory_bytes bytes;
  std::shared_ptr<memory_arena> arena;
  std::size_t inline_threshold;

  /// After an error it is unchanged.
  result<void> take(std::span<const std::byte> more);

private:
  result<void> write(std::span<const std::byte> more);
  result<void> move_to_file();
};

class memory_sink final : public blob_sink {
public:
  /// `claim` already covers a blob and an open upload. Beyond `inline_threshold` bytes, a file of
  /// `arena` is opened.
  memory_sink(byte_claim claim, std::shared_ptr<memory_arena> arena, std::size_t inline_threshold,
              std::uint64_t generation, std::weak_ptr<room_maker> room);

  void append(std::span<const std::byte> bytes, completion<void> done) override;
  std::uint64_t size() const noexcept override { return taken_->bytes.size; }
  void read(std::span<std::byte> buffer, std::uint64_t offset,
            completion<std::size_t> done) const override {
    done(read(buffer, offset));
  }
  void save(const repository_name&, [[maybe_unused]] const upload_position& position, const hasher&,
            completion<void> done) override {
    assert(position.offset == size());
    done({});
  }
  /// Precondition: not released.
  void discard() noexcept override;

  /// Hands the bytes over; the sink is of no use afterwards.
  memory_bytes release();
  /// The index's generation when the sink was opened.
  std::uint64_t generation() const noexcept { return generation_; }

private:
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const;

  std::shared_ptr<memory_collection> taken_;
  std::uint64_t generation_;
  std::weak_ptr<room_maker> room_;
};

} // namespace gantry::storage
