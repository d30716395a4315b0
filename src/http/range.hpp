// The fields Range and Content-Range (RFC 9110, 14).
#pragma once

#include "base/byte_range.hpp"
#include "http/refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::http {

/// The most ranges in one request: as many as containers/storage ever asks for.
inline constexpr std::size_t max_ranges = 1024;

/// The ranges that a `Range` header requests of a representation of `size` bytes. Ranges are
/// clamped to the size and keep the requested order; those wholly outside are dropped. If the
/// result is empty, the caller ignores the header and sends everything (a unit other than `bytes`).
/// All ranges together have at most `size` bytes. Errors: range_not_satisfiable (malformed, or
/// nothing inside the size), too_many_ranges (more than `max_ranges`, more than two that overlap,
/// or more bytes than `size`).
result<std::vector<byte_range>> parse_range(std::string_view header, std::uint64_t size);

/// `Content-Range` of a request: `0-4`, `bytes 0-4/*` or `bytes 0-4/10`. Errors:
/// range_not_satisfiable (malformed or last < first).
result<byte_range> parse_content_range(std::string_view header);

/// `bytes 0-4/10`.
std::string content_range(byte_range range, std::uint64_t size);
/// `bytes */10`.
std::string unsatisfied_range(std::uint64_t size);

} // namespace gantry::http
