// Finds the end of a request's head while its bytes come in.
#pragma once

#include "http/refusal.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace gantry::http {

/// Fields that a head may have: each costs more memory than its bytes.
inline constexpr std::size_t max_header_fields = 128;

/// One head. The parser gets a head as a whole, so that it cannot matter how its bytes came. What
/// is certain to be refused is refused before the head is complete.
class head_scanner {
public:
  /// `max_head` in bytes.
  explicit head_scanner(std::size_t max_head) : max_head_{max_head} {}

  /// `bytes` is all that came since the head began, also what was scanned before. The length of the
  /// head with the empty line that ends it; absent while there is more to come. Errors:
  /// malformed, target_too_long, head_too_large.
  result<std::optional<std::size_t>> scan(std::string_view bytes);

private:
  refusal too_large() const;

  std::size_t max_head_;
  /// Bytes that were scanned.
  std::size_t seen_ = 0;
  /// Where the current line begins.
  std::size_t line_ = 0;
  /// Lines that are complete.
  std::size_t lines_ = 0;
};

/// The length of the empty lines in front of a request, which are ignored (RFC 9112, 2.2).
std::size_t empty_lines(std::string_view bytes) noexcept;

} // namespace gantry::http
