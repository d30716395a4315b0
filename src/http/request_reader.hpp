// Reads the head of one request from the bytes that have arrived so far. Pure: no socket.
#pragma once

#include "http/head_scanner.hpp"
#include "http/refusal.hpp"
#include "http/request_head.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace gantry::http {

struct head_limits {
  /// The most bytes of request line and header fields together; at most `max_parsable_head` apply.
  std::size_t bytes;
  /// The most bytes of the request target.
  std::size_t target;
};

/// Beast's parser can hold fields of a little less than 64 KiB.
inline constexpr std::size_t max_parsable_head = 60 * 1024;

/// Reads one request. Cannot be moved, because the head points into it.
class request_reader {
public:
  explicit request_reader(const head_limits& limits);
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;

  struct progress {
    /// Bytes to remove from the front of the input.
    std::size_t consumed = 0;
    bool is_complete = false;
  };

  /// `bytes` is everything that arrived and was not consumed. Empty lines before the request are
  /// skipped (RFC 9112, 2.2); a head is consumed as a whole. Must not be called again once the head
  /// is complete or refused. Errors: those of `head_scanner::scan` and `request_head::of`,
  /// target_too_long.
  result<progress> read(std::string_view bytes);

  /// Null until the head is complete.
  const request_head* head() const noexcept { return head_ ? &*head_ : nullptr; }

private:
  /// `text` is a whole head.
  result<void> parse(std::string_view text);

  std::size_t max_target_;
  head_scanner scanner_;
  std::optional<request_parser> parser_;
  std::optional<request_head> head_;
};

} // namespace gantry::http
