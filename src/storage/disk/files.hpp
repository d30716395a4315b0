// A file descriptor that closes itself, and the system calls that the engine needs, whole and with
// errors of the domain.
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

/// What `errno` means: disk_full, descriptors_exhausted, storage_failed. The latter is
/// written to the server's log with `what`, for a client sees neither.
error system_failure(int number, std::string_view what);

/// Owns the descriptor. Reading is safe from any thread, writing from one at a time.
class file {
public:
  /// No file.
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

  /// All of it, or an error; the file may be longer than before then.
  result<void> write(std::span<const std::byte> bytes, std::uint64_t offset);
  /// How many bytes were read: fewer than asked for only at the end.
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const;
  result<std::uint64_t> size() const;
  result<void> truncate(std::uint64_t size);
  /// How many names it has.
  result<std::uint64_t> names() const;
  /// The bytes are on the disk. After an error they may never be: nobody may count on them.
  result<void> sync() const;

private:
  int descriptor_ = -1;
};

/// As `file::read`, of a descriptor that somebody else owns.
result<std::size_t> read_file(int descriptor, std::span<std::byte> buffer, std::uint64_t offset);

/// A file in the folder `folder`. Null where there is none.
result<std::optional<file>> open_for_reading(int folder, const std::string& name);
/// An existing file. Null where there is none.
result<std::optional<file>> open_for_writing(int folder, const std::string& name);
/// A new, empty file in the place of whatever was there.
result<file> create_file(int folder, const std::string& name);
/// The folder, made where it is not there.
result<file> open_folder(int parent, const std::string& name);

/// Makes the names in a folder durable.
result<void> sync_folder(int folder);
result<void> rename_file(int from, const std::string& old_name, int to,
                         const std::string& new_name);
/// Gives a file a second name, in the place of whatever had it. False where the file system knows
/// only one name for a file.
result<bool> link_file(int from, const std::string& name, int to, const std::string& new_name);
/// The first `size` bytes of one file to the beginning of another, by the kernel.
result<void> copy_bytes(const file& from, const file& to, std::uint64_t size);
/// Whether it was there. An absent file is no error.
result<bool> remove_file(int folder, const std::string& name);

/// All names in a folder but `.` and `..`, in no order.
result<void> for_each_name(int folder, const std::function<void(std::string_view)>& visit);

} // namespace gantry::storage
