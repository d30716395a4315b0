// Finds the end of a request's head while its bytes arrive.
#pragma once

#include "http/refusal.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace gantry::http {

/// The most fields of a head: each takes more memory than its bytes.
inline constexpr std::size_t max_header_fields = 128;

/// Scans one head. The parser gets a head as a whole, so it cannot matter how its bytes were split.
/// A head that is certain to be refused is refused before it is complete.
class head_scanner {
public:
  /// `max_head` in bytes.
  explicit head_scanner(std::size_t max_head) : max_head_{max_head} {}

  /// `bytes` is everything since the head began, including what was scanned before. Returns the
  /// length of the head with the empty line that ends it; absent while it is incomplete. Errors:
  /// malformed, target_too_long, head_too_large.
  result<std::optional<std::size_t>> scan(std::string_view bytes);

private:
  refusal too_large() const;

  std::size_t max_head_;
  /// Bytes that were scanned.
  std::size_t seen_ = 0;
  /// Where the current line begins.
  std::size_t line_ = 0;
  /// Complete lines.
  std::size_t lines_ = 0;
};

/// The length of the empty lines before a request, which are ignored (RFC 9112, 2.2).
std::size_t empty_lines(std::string_view bytes) noexcept;

} // namespace gantry::http
