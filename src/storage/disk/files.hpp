// An owning file descriptor, and complete system calls with domain errors.
#pragma once

#include "domain/error.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::storage {

/// Maps `errno` to disk_full, descriptors_exhausted or storage_failed. The latter is logged with
/// `what`, because clients see neither.
error system_failure(int number, std::string_view what);

/// Owns the descriptor. Any thread may read; one thread at a time may write.
class file {
public:
  /// An empty handle.
  file() = default;
  explicit file(int descriptor) noexcept : descriptor_{descriptor} {}
  file(file&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  file& operator=(file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~file();

  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }

  /// Writes all bytes or fails; after a failure the file may have grown.
  result<void> write(std::span<const std::byte> bytes, std::uint64_t offset);
  /// Returns the number of bytes read; fewer than requested only at the end of the file.
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const;
  result<std::uint64_t> size() const;
  result<void> truncate(std::uint64_t size);
  /// The number of hard links.
  result<std::uint64_t> names() const;
  /// Makes the bytes durable. After an error they may never be: do not use them.
  result<void> sync() const;

private:
  int descriptor_ = -1;
};

/// Like `file::read`, for a descriptor that the caller owns.
result<std::size_t> read_file(int descriptor, std::span<std::byte> buffer, std::uint64_t offset);

/// Opens a file in `folder`. Null if it does not exist.
result<std::optional<file>> open_for_reading(int folder, const std::string& name);
/// Opens an existing file. Null if it does not exist.
result<std::optional<file>> open_for_writing(int folder, const std::string& name);
/// Creates an empty file; replaces an existing one.
result<file> create_file(int folder, const std::string& name);
/// Opens the folder; creates it if it does not exist.
result<file> open_folder(int parent, const std::string& name);

/// Makes the entries of a folder durable.
result<void> sync_folder(int folder);
result<void> rename_file(int from, const std::string& old_name, int to,
                         const std::string& new_name);
/// Gives a file a second name; replaces a file with that name. False if the file system does not
/// support hard links.
result<bool> link_file(int from, const std::string& name, int to, const std::string& new_name);
/// Copies the first `size` bytes of one file to the beginning of another, in the kernel.
result<void> copy_bytes(const file& from, const file& to, std::uint64_t size);
/// Returns whether the file existed. An absent file is not an error.
result<bool> remove_file(int folder, const std::string& name);

/// Visits all names in a folder except `.` and `..`, in no order.
result<void> for_each_name(int folder, const std::function<void(std::string_view)>& visit);

} // namespace gantry::storage
