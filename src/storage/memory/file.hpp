// Files in RAM that many blobs share, so that a blob costs no descriptor and sendfile(2) can send
// its bytes without a copy.
#pragma once

#include "base/mutex.hpp"
#include "domain/error.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::storage {

class memory_arena;

/// Limits for mapping memory files.
struct mapping_limits {
  /// Mappings at a time. The kernel allows 65530 per process by default (vm.max_map_count).
  std::size_t most = 16 * 1024;
  /// Bytes: sendfile(2) sends fewer bytes as fast, without a mapping.
  std::uint64_t smallest = 512 * 1024;
};

/// Maps bytes of a memory file into the address space of the process, read-only, while it lives.
/// The file must outlive it.
class memory_mapping {
public:
  /// An empty mapping.
  memory_mapping() = default;
  memory_mapping(memory_mapping&& other) noexcept
    : home_{std::move(other.home_)}, bytes_{std::exchange(other.bytes_, {})} {}
  memory_mapping& operator=(memory_mapping&& other) noexcept {
    std::swap(home_, other.home_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~memory_mapping();

  std::string_view bytes() const noexcept { return bytes_; }

private:
  friend class memory_file;
  memory_mapping(std::shared_ptr<memory_arena> home, std::string_view bytes) noexcept
    : home_{std::move(home)}, bytes_{bytes} {}

  std::shared_ptr<memory_arena> home_;
  std::string_view bytes_;
};

/// The bytes of one blob: a range of a file of the arena. Reading is safe from any thread, writing
/// from one at a time.
class memory_file {
public:
  /// No file.
  memory_file() = default;
  memory_file(memory_file&& other) noexcept
    : home_{std::move(other.home_)},
      part_{other.part_},
      descriptor_{std::exchange(other.descriptor_, -1)},
      begin_{other.begin_} {}
  memory_file& operator=(memory_file&& other) noexcept {
    std::swap(home_, other.home_);
    std::swap(part_, other.part_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(begin_, other.begin_);
    return *this;
  }
  /// Returns the range to the arena and frees its memory.
  ~memory_file();

  /// All or nothing: after an error the file holds what it held before. Errors: disk_full,
  /// internal.
  result<void> write(std::span<const std::byte> bytes, std::uint64_t offset);
  /// Reads bytes that were written before. Errors: internal.
  result<void> read(std::span<std::byte> buffer, std::uint64_t offset) const;
  /// Maps the first `size` bytes, which were written before. Returns an empty mapping if these
  /// bytes are too few, the arena has reached its limit of mappings, or the kernel refuses.
  memory_mapping map(std::uint64_t size) const noexcept;

  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  /// The arena's descriptor; -1 for no file.
  int descriptor() const noexcept { return descriptor_; }
  /// The offset of the bytes in the descriptor's file.
  std::uint64_t begin() const noexcept { return begin_; }

private:
  friend class memory_arena;
  memory_file(std::shared_ptr<memory_arena> home, std::size_t part, int descriptor,
              std::uint64_t begin) noexcept
    : home_{std::move(home)}, part_{part}, descriptor_{descriptor}, begin_{begin} {}

  std::shared_ptr<memory_arena> home_;
  std::size_t part_ = 0;
  int descriptor_ = -1;
  std::uint64_t begin_ = 0;
};

/// A few anonymous files (memfd_create(2)) of enormous size, mostly holes. Each blob gets a range
/// that is larger than any blob, and the kernel allocates memory only for bytes that were written.
/// There are several files because the kernel lets only one thread at a time write to each. They
/// are opened when first needed. Any thread.
class memory_arena : public std::enable_shared_from_this<memory_arena> {
public:
  explicit memory_arena(mapping_limits mappings) noexcept : limits_{mappings} {}
  ~memory_arena();
  memory_arena(const memory_arena&) = delete;
  memory_arena& operator=(const memory_arena&) = delete;

  /// Errors: descriptors_exhausted, disk_full, internal.
  result<memory_file> open_file();

private:
  friend class memory_file;
  friend class memory_mapping;

  /// Bytes: more than a blob in RAM can have.
  static constexpr std::uint64_t range = std::uint64_t{1} << 40;
  /// Ranges in a file of the largest size that the kernel supports.
  static constexpr std::uint64_t max_ranges = std::uint64_t{1} << 22;

  struct part {
    gantry::mutex mutex;
    int descriptor GANTRY_GUARDED_BY(mutex) = -1;
    /// Ranges from this one on were never in use.
    std::uint64_t fresh GANTRY_GUARDED_BY(mutex) = 0;
    std::vector<std::uint64_t> free GANTRY_GUARDED_BY(mutex);
  };

  void give_back(const memory_file& file) noexcept;

  std::array<part, 16> parts_;
  std::atomic<std::size_t> next_{0};
  const mapping_limits limits_;
  std::atomic<std::size_t> mappings_{0};
};

} // namespace gantry::storage
