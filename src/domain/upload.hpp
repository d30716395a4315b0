// The state machine of one blob upload: which chunk may come next, and the current offset.
// Independent of clocks, bytes and hashes.
#pragma once

#include "base/byte_range.hpp"
#include "domain/error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gantry {

/// What a PATCH or PUT announces about its bytes.
struct chunk_announcement {
  /// `Content-Range`, if present.
  std::optional<byte_range> range;
  /// `Content-Length` in bytes, if present.
  std::optional<std::uint64_t> length;
  /// The chunk that ends the upload may be smaller than the minimum.
  bool final = false;
};

/// The progress in the format of docker's registry: `0-(offset-1)`; `0-0` for no bytes.
std::string upload_range(std::uint64_t offset);

/// Identifies one opening of a chunk. If another request replaces the chunk, this number rejects
/// the first one's remaining bytes, so bytes of two requests never mix. Zero is not used.
using chunk_number = std::uint64_t;

struct upload_limits {
  /// Bytes of the whole blob; zero means no limit.
  std::uint64_t max_size = 0;
  /// The minimum size of a chunk with a Content-Range unless it is the last; zero means none. A
  /// small chunk is rejected only when another one follows it.
  std::uint64_t min_chunk = 0;
};

/// The state of an upload between two chunks, saved in order to resume it.
struct upload_position {
  /// Bytes received so far.
  std::uint64_t offset = 0;
  /// The last chunk was below the minimum: no other may follow it.
  bool ended_small = false;

  bool operator==(const upload_position&) const = default;
};

/// At most one chunk is open at a time; bytes are only appended.
class upload_progress {
public:
  explicit upload_progress(upload_limits limits = {}, upload_position start = {}) noexcept
    : limits_{limits}, at_{start} {}

  /// Opens a chunk. If `may_replace`, a chunk whose range starts at the offset replaces an open
  /// one. Errors: upload_busy (another chunk is open), chunk_out_of_order (it does not start at the
  /// offset), size_invalid (Content-Length differs from the range), chunk_too_small (the previous
  /// chunk was), payload_too_large. Errors change nothing.
  result<chunk_number> begin(const chunk_announcement& chunk, bool may_replace = false);

  /// Counts `bytes` of the open chunk. Errors: upload_busy (another chunk has replaced it),
  /// size_invalid (more than its range), payload_too_large.
  result<void> append(chunk_number chunk, std::uint64_t bytes);

  /// Closes the chunk. `complete` is false if the connection broke; bytes received stay. Errors:
  /// upload_busy (another chunk has replaced it), size_invalid (complete but shorter than its
  /// range).
  result<void> end(chunk_number chunk, bool complete);

  /// Closes the open chunk, if any, as if its connection had broken.
  void interrupt();

  /// Bytes received so far.
  std::uint64_t offset() const noexcept { return at_.offset; }
  const upload_position& position() const noexcept { return at_; }
  bool busy() const noexcept { return open_; }

private:
  upload_limits limits_;
  upload_position at_;
  bool open_ = false;
  /// The number of the open or last chunk.
  chunk_number number_ = 0;
  std::uint64_t chunk_bytes_ = 0;
  std::optional<byte_range> current_;
};

} // namespace gantry
