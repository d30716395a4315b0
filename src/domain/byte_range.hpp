// Range and Content-Range arithmetic (RFC 9110, 14; distribution-spec, "Pushing a blob in chunks").
#pragma once

#include "domain/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

/// Bytes `first … last`, both included; never empty.
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  std::uint64_t length() const noexcept { return last - first + 1; }
  bool operator==(const byte_range&) const = default;
};

/// Ranges that are served in one request: as many as containers/storage asks for at most.
inline constexpr std::size_t max_ranges = 1024;

/// What a `Range` header asks of a representation of `size` bytes. Ranges are clamped to the size
/// and kept in the order asked for; those that lie wholly outside are dropped. An empty vector
/// means: ignore the header and send everything (a unit other than `bytes`). All ranges together
/// have at most `size` bytes. Errors: range_not_satisfiable (malformed, or nothing inside the
/// size), too_many_ranges (more than `max_ranges`, more than two that overlap, or more bytes than
/// `size`).
result<std::vector<byte_range>> parse_range(std::string_view header, std::uint64_t size);

/// `Content-Range` of a chunk: `0-4`, `bytes 0-4/*` or `bytes 0-4/10`. Errors: chunk_out_of_order
/// (malformed or last < first).
result<byte_range> parse_chunk_range(std::string_view header);

/// `bytes 0-4/10`.
std::string content_range(byte_range range, std::uint64_t size);
/// `bytes */10`.
std::string unsatisfied_range(std::uint64_t size);
/// The `Range` of an upload that has `offset` bytes: `0-(offset-1)`; `0-0` for none, as docker's
/// registry answers.
std::string upload_range(std::uint64_t offset);

} // namespace gantry
