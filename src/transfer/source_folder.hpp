// A folder that another program wrote, read without trusting it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gantry::transfer {

/// Owns a file descriptor.
class source_handle {
public:
  explicit source_handle(int descriptor = -1) noexcept : descriptor_{descriptor} {}
  source_handle(source_handle&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)} {}
  source_handle& operator=(source_handle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~source_handle();

  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }

private:
  int descriptor_;
};

/// An open regular file.
class source_file {
public:
  source_file(source_handle opened, std::uint64_t size) : file_{std::move(opened)}, size_{size} {}

  /// Bytes, when it was opened.
  std::uint64_t size() const noexcept { return size_; }
  /// Fills the buffer from where the last call ended; less only at the end. Throws broken_entry.
  std::size_t read(std::span<std::byte> into);

private:
  source_handle file_;
  std::uint64_t size_;
};

/// Paths are relative to the folder. No link in them is followed, so nothing outside of the folder
/// is read, and nothing but regular files is opened. One thread.
class source_folder {
public:
  /// Links on the way to the folder are followed: the person who names it means them. Throws
  /// std::runtime_error.
  explicit source_folder(const std::filesystem::path& folder);

  /// Nothing if it is absent. Throws broken_entry: a link, a device, or it cannot be read.
  std::optional<source_file> open(const std::filesystem::path& file) const;
  /// The file as a whole, `max_document` bytes at most. Nothing if it is absent. Throws
  /// broken_entry.
  std::optional<std::string> read(const std::filesystem::path& file) const;

  bool has_folder(const std::filesystem::path& folder) const;
  /// The names in a folder, sorted; none if it is absent. Throws broken_entry.
  std::vector<std::string> names(const std::filesystem::path& folder) const;

private:
  /// The folder below; no handle if it is absent. Throws broken_entry.
  source_handle open_folder(const std::filesystem::path& folder) const;

  source_handle root_;
};

} // namespace gantry::transfer
