// One blob upload as a state machine: which chunk may come next, and where the upload stands. Knows
// no clock, bytes or hash.
#pragma once

#include "base/byte_range.hpp"
#include "domain/error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gantry {

/// What a PATCH or PUT says about the bytes that it brings.
struct chunk_announcement {
  /// `Content-Range`, where there is one.
  std::optional<byte_range> range;
  /// `Content-Length`, where there is one: bytes.
  std::optional<std::uint64_t> length;
  /// The chunk that ends the upload may be smaller than the minimum.
  bool final = false;
};

/// Where an upload stands, as docker's registry says it: `0-(offset-1)`; `0-0` for no bytes.
std::string upload_range(std::uint64_t offset);

/// Names one opening of a chunk. What a request sends after another one has taken its place is
/// refused by this number, so bytes of two requests never mix. Zero names none.
using chunk_number = std::uint64_t;

struct upload_limits {
  /// Bytes of the whole blob; zero for no limit.
  std::uint64_t max_size = 0;
  /// Bytes that a chunk with a Content-Range must have unless it is the last; zero for none. Only
  /// the chunk after a small one shows that it was not the last.
  std::uint64_t min_chunk = 0;
};

/// Where an upload stands between two chunks: what must be kept to go on with it later.
struct upload_position {
  /// Bytes taken so far.
  std::uint64_t offset = 0;
  /// The chunk taken last was below the minimum: no other may follow it.
  bool ended_small = false;

  bool operator==(const upload_position&) const = default;
};

/// At most one chunk is open at a time; bytes are only ever added at the end.
class upload_progress {
public:
  explicit upload_progress(upload_limits limits = {}, upload_position start = {}) noexcept
    : limits_{limits}, at_{start} {}

  /// Opens a chunk. If `may_replace`, an open one gives way to a chunk whose range starts at the
  /// offset. Errors: upload_busy (another one is open), chunk_out_of_order (it does not start at
  /// the offset), size_invalid (Content-Length differs from the range), chunk_too_small (the chunk
  /// before was), payload_too_large; then nothing has changed.
  result<chunk_number> begin(const chunk_announcement& chunk, bool may_replace = false);

  /// Counts `bytes` of the open chunk. Errors: upload_busy (another one took its place),
  /// size_invalid (more than its range), payload_too_large.
  result<void> append(chunk_number chunk, std::uint64_t bytes);

  /// Closes the chunk. `complete` is false when the connection broke: what came stays.
  /// Errors: upload_busy (another one took its place), size_invalid (complete, yet shorter than its
  /// range).
  result<void> end(chunk_number chunk, bool complete);

  /// Closes the open chunk, if there is one, as if its connection had broken.
  void interrupt();

  /// Bytes taken so far.
  std::uint64_t offset() const noexcept { return at_.offset; }
  const upload_position& position() const noexcept { return at_; }
  bool busy() const noexcept { return open_; }

private:
  upload_limits limits_;
  upload_position at_;
  bool open_ = false;
  /// Of the chunk that is open, or was last.
  chunk_number number_ = 0;
  std::uint64_t chunk_bytes_ = 0;
  std::optional<byte_range> current_;
};

} // namespace gantry
