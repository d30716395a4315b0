// An anonymous file in RAM (memfd_create(2)): bytes that sendfile(2) can send without a copy.
#pragma once

#include "domain/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace gantry::storage {

/// Owns the descriptor. Reading is safe from any thread, writing from one at a time.
class memory_file {
public:
  /// No file.
  memory_file() = default;
  memory_file(memory_file&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  memory_file& operator=(memory_file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~memory_file();

  /// Errors: insufficient_storage, internal.
  static result<memory_file> create();

  /// All or nothing: after an error the file ends at `offset`. Errors: insufficient_storage,
  /// internal.
  result<void> write(std::span<const std::byte> bytes, std::uint64_t offset);
  /// How many bytes were read, fewer than asked for only at the end. Errors: internal.
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const;
  /// From now on nobody can change the file. Errors: internal.
  result<void> seal();

  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  /// -1 for no file.
  int descriptor() const noexcept { return descriptor_; }

private:
  explicit memory_file(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_ = -1;
};

} // namespace gantry::storage
