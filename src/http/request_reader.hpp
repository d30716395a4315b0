// Reads the heads of a connection's requests from the bytes that have arrived so far. Pure: no
// socket.
#pragma once

#include "http/head_scanner.hpp"
#include "http/refusal.hpp"
#include "http/request_head.hpp"

#include <cstddef>
#include <optional>
#include <string>
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

/// What follows the target of a request is kept up to this length, in bytes.
inline constexpr std::size_t longest_kept_fields = 2048;

/// Reads one request after the other. Clients repeat their fields in each request of a connection:
/// if all that follows the target is as before, only the request line is parsed. Cannot be moved,
/// because heads point into it.
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
  /// Forgets the head; `read` then reads the next request. Must not be called after a refusal.
  void start_over();

  /// Null until the head is complete.
  const request_head* head() const noexcept { return head_ ? &*head_ : nullptr; }

private:
  /// `text` is a whole head.
  result<void> parse(std::string_view text);
  /// Reads a head whose fields are those that were kept; returns its length. Absent if there is
  /// none at the front, or if it must be refused.
  std::optional<std::size_t> read_repeated(std::string_view bytes);
  void keep_fields(std::string_view text);

  head_limits limits_;
  head_scanner scanner_;
  bool has_begun_ = false;
  /// Of the last request that was parsed as a whole.
  std::optional<request_parser> parser_;
  /// Absent if its fields are not kept.
  std::optional<request_head> parsed_;
  /// If they are: from the space behind its target to its end.
  std::string kept_;
  /// Of a request with the same fields.
  std::optional<request_parser> line_;
  std::optional<request_head> head_;
};

} // namespace gantry::http
