// A blob as an engine hands it out: what it is, and where its bytes are.
#pragma once

#include "domain/digest.hpp"
#include "storage/api/completion.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace gantry {

/// Bytes in a file.
struct file_range {
  /// For sendfile(2) and pread(2); owned by the blob.
  int descriptor = -1;
  /// Offset of the first byte.
  std::uint64_t begin = 0;
  /// The same bytes, mapped into memory, if the engine sends them faster that way and has room for
  /// the mapping; empty otherwise. Valid as long as the blob.
  std::string_view mapped = {};
};

/// Bytes that take time to get. Any thread; several reads at a time.
class blob_reader {
public:
  virtual ~blob_reader() = default;

  /// Fills `buffer`, which stays valid until the answer, and returns the number of bytes: fewer
  /// than requested only at the end of the blob. Errors: storage_failed, unavailable.
  virtual void read(std::uint64_t offset, std::span<std::byte> buffer,
                    completion<std::size_t> done) const = 0;
};

/// Bytes that clients fetch from elsewhere.
struct blob_redirect {
  /// An absolute URL, with whatever entitles a client to read it for some minutes.
  std::string url;
};

/// Where the bytes of a blob are: here, in a file, behind a reader, or elsewhere.
using blob_source =
  std::variant<std::string_view, file_range, std::shared_ptr<const blob_reader>, blob_redirect>;

/// The immutable bytes of one blob. Thread-safe; readable as long as the blob is held, even after
/// its deletion, unless they are elsewhere.
class blob {
public:
  virtual ~blob() = default;

  virtual const digest& id() const noexcept = 0;
  /// In bytes.
  virtual std::uint64_t size() const noexcept = 0;
  /// Cheap. What it points to is valid as long as the blob.
  virtual blob_source source() const = 0;
};

using blob_ptr = std::shared_ptr<const blob>;

} // namespace gantry
