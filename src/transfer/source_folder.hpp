// Reads a folder that another program wrote, without trusting it.
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

  /// The size in bytes when the file was opened.
  std::uint64_t size() const noexcept { return size_; }
  /// Continues where the last call ended; fills the buffer except at the end of the file. Throws
  /// broken_entry.
  std::size_t read(std::span<std::byte> into);
  int descriptor() const noexcept { return file_.descriptor(); }

private:
  source_handle file_;
  std::uint64_t size_;
};

/// Paths are relative to the folder. Links in them are not followed, so nothing outside the folder
/// is read, and only regular files are opened. Not thread-safe.
class source_folder {
public:
  /// Follows links in the path of the folder itself, because the user chose that path. Throws
  /// std::runtime_error.
  explicit source_folder(const std::filesystem::path& folder);

  /// Empty if the file is absent. Throws broken_entry if it is a link, a device, or unreadable.
  std::optional<source_file> open(const std::filesystem::path& file) const;
  /// Reads the whole file, at most `max_document` bytes. Empty if absent. Throws broken_entry.
  std::optional<std::string> read(const std::filesystem::path& file) const;

  bool has_folder(const std::filesystem::path& folder) const;
  /// The names in a folder, sorted; empty if absent. Throws broken_entry.
  std::vector<std::string> names(const std::filesystem::path& folder) const;

private:
  /// Opens a subfolder; no handle if absent. Throws broken_entry.
  source_handle open_folder(const std::filesystem::path& folder) const;

  source_handle root_;
};

} // namespace gantry::transfer
