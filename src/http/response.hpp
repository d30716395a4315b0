// An answer before it is written: status, header lines, and where its body comes from.
#pragma once

#include "domain/byte_budget.hpp"
#include "domain/byte_range.hpp"
#include "domain/error.hpp"
#include "domain/storage.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::http {

/// Bytes that somebody else keeps: a manifest's.
struct shared_bytes {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

/// Ranges of one blob: a single one, or the parts of a multipart/byteranges body (RFC 9110, 14.6).
/// What stands between the parts is made when it is sent: an answer that a client does not read
/// holds little.
struct blob_slices {
  blob_ptr source;
  std::vector<byte_range> ranges;
  /// Empty for a single range.
  std::string boundary;

  /// What stands in front of that range; empty for a single one.
  std::string preamble(std::size_t index) const;
  /// What stands behind all of them.
  std::string trailer() const;
  /// Bytes of the whole body.
  std::uint64_t length() const;
};

struct response {
  unsigned status = 200;
  /// Header lines, each with its CRLF; Content-Length, Date, Connection and what every answer
  /// carries are added when it is written.
  std::string fields;
  std::variant<std::monostate, std::string, shared_bytes, blob_slices> body;
  /// Bytes of the body; also where it is left out (HEAD).
  std::uint64_t content_length = 0;
  /// What the body takes of the bytes in flight.
  byte_claim held = {};
  /// The connection ends behind this answer.
  bool close = false;

  /// `value` must not come from a client unparsed: it is written as it is.
  response& set(std::string_view name, std::string_view value);
  /// Docker-Content-Digest.
  response& set_digest(const digest& id);
  /// The same, and the ETag of content that has this digest.
  response& set_identity(const digest& id);
};

/// Whether this status has a Content-Length at all (RFC 9110, 8.6).
bool has_content_length(unsigned status) noexcept;

response make_empty(unsigned status);
response make_text(unsigned status, std::string_view content_type, std::string body);
response make_json(unsigned status, std::string body);

/// The registry's error body; 405 carries `allow` as Allow, 429 and 503 a Retry-After.
response make_error_response(const error& failure, std::string_view allow = {});

} // namespace gantry::http
