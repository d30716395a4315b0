// Reads a tar file, entry by entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

struct archive;

namespace gantry::transfer {

/// A file or a link in the archive.
struct archive_entry_info {
  /// Without `.`, `..` and a leading slash; empty if the path leaves the archive.
  std::string path;
  /// The path that a link points to; empty for a file.
  std::string target;
  /// In bytes; zero for a link.
  std::uint64_t size = 0;
  /// The archive omits parts of the file, which read as zeros.
  bool is_sparse = false;
};

/// Reads a plain or gzip-compressed tar file. All functions throw std::runtime_error if the archive
/// is invalid. Not thread-safe.
class archive_reader {
public:
  explicit archive_reader(const std::filesystem::path& file);

  /// The next file or link; skips other entries. Empty at the end.
  std::optional<archive_entry_info> next();
  /// The next bytes of the entry, valid until the next call; empty at its end.
  std::span<const std::byte> read();
  /// All bytes of the entry. Throws broken_entry if there are more than `most`.
  std::string read_all(std::size_t most);
  /// The number of bytes of the archive file read so far.
  std::uint64_t position() const;

private:
  struct closer {
    void operator()(struct archive* doomed) const noexcept;
  };

  std::unique_ptr<struct archive, closer> archive_;
  std::unique_ptr<std::byte[]> buffer_;
};

} // namespace gantry::transfer
