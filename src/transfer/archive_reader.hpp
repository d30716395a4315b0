// Walks through a tar file, entry by entry.
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

/// An entry that holds bytes, or stands for another one.
struct archive_entry_info {
  /// Without `.`, `..` and a leading slash; a path that leaves the archive is empty.
  std::string path;
  /// The path of the entry that a link leads to; empty for a file.
  std::string target;
  /// Bytes; zero for a link.
  std::uint64_t size = 0;
  /// Parts of it are not in the archive, and are read as zeros.
  bool is_sparse = false;
};

/// Of a plain tar file or one packed by gzip. Everything throws std::runtime_error with what is
/// wrong with the archive. One thread.
class archive_reader {
public:
  explicit archive_reader(const std::filesystem::path& file);

  /// The next file or link; others are passed over. Nothing at the end.
  std::optional<archive_entry_info> next();
  /// The next bytes of the entry, good until the next call; empty at its end.
  std::span<const std::byte> read();
  /// All bytes of the entry, which may be `most` at most. Throws broken_entry if there are more.
  std::string read_all(std::size_t most);
  /// Bytes of the file that were read so far.
  std::uint64_t position() const;

private:
  struct closer {
    void operator()(struct archive* doomed) const noexcept;
  };

  std::unique_ptr<struct archive, closer> archive_;
  std::unique_ptr<std::byte[]> buffer_;
};

} // namespace gantry::transfer
