// An owning file descriptor, and complete system calls with domain errors.
#pragma once

#include "domain/error.hpp"
#include "storage/file_system.hpp"

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

/// Owns the descriptor. Any thread may read; one thread at a time may write to the same bytes.
class file {
public:
  /// An empty handle.
  file() = default;
  /// A file of the operating system.
  explicit file(int descriptor) noexcept : descriptor_{descriptor} {}
  file(file_system& system, int descriptor) noexcept : system_{&system}, descriptor_{descriptor} {}
  file(file&& other) noexcept
    : system_{other.system_}, descriptor_{std::exchange(other.descriptor_, -1)} {}
  file& operator=(file&& other) noexcept {
    std::swap(system_, other.system_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~file();

  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }
  /// Of a folder: the means to reach what is in it.
  folder_view folder() const noexcept { return {*system_, descriptor_}; }

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
  file_system* system_ = &real_file_system();
  int descriptor_ = -1;
};

/// Opens a file in `folder`. Null if it does not exist.
result<std::optional<file>> open_for_reading(folder_view folder, const std::string& name);
/// Opens an existing file. Null if it does not exist.
result<std::optional<file>> open_for_writing(folder_view folder, const std::string& name);
/// Creates an empty file; replaces an existing one.
result<file> create_file(folder_view folder, const std::string& name);
/// Opens a file that other programs of the registry open, too; creates it if it does not exist.
result<file> open_or_create(folder_view folder, const std::string& name);
/// If root runs this: gives a file that it made to the owner of `path`, who could not open it
/// otherwise.
void give_to_owner(const file& made, folder_view folder, const char* path);
/// Opens the folder; creates it if it does not exist.
result<file> open_folder(folder_view parent, const std::string& name);

/// Makes the entries of a folder durable.
result<void> sync_folder(folder_view folder);
result<void> rename_file(folder_view from, const std::string& old_name, folder_view to,
                         const std::string& new_name);
/// Gives a file a second name; replaces a file with that name. False if the file system does not
/// support hard links.
result<bool> link_file(folder_view from, const std::string& name, folder_view to,
                       const std::string& new_name);
/// Copies the first `size` bytes of one file to the beginning of another, in the kernel.
result<void> copy_bytes(const file& from, const file& to, std::uint64_t size);
/// Returns whether the file existed. An absent file is not an error.
result<bool> remove_file(folder_view folder, const std::string& name);

/// Visits all names in a folder except `.` and `..`, in no order.
result<void> for_each_name(folder_view folder, const std::function<void(std::string_view)>& visit);

} // namespace gantry::storage
