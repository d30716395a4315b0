// A request to a registry, and the response to it.
#pragma once

#include "client/payload.hpp"
#include "domain/digest.hpp"

#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::client {

class response_observer;

/// Views that outlive the exchange. Empty fields are not sent.
struct request {
  boost::beast::http::verb method{};
  std::string_view target;
  std::string_view accept = {};
  std::string_view content_type = {};
  std::string_view content_range = {};
  std::string_view range = {};
  std::string_view authorization = {};
  payload body = {};
  /// Sees the bytes of the response's body as they arrive, also those of an error. May be null.
  response_observer* observer = nullptr;
  /// Further header lines, each with its CRLF.
  std::string_view more_fields = {};
};

/// What happens to the body of a response as it arrives.
enum class body_use : std::uint8_t {
  /// Count it only.
  drop,
  /// Keep it. A body longer than `max_kept_body` is an error.
  keep,
  /// Hash it with SHA-256 and drop it.
  hash,
  /// Like `hash`, but a 206 continues the previous response's hash: ranges of one blob in order.
  hash_on
};

/// In bytes: the largest manifest.
inline constexpr std::size_t max_kept_body = 4 * 1024 * 1024;

struct response {
  unsigned status = 0;
  /// False if the server closes the connection after this response.
  bool keep_alive = false;
  std::optional<std::uint64_t> content_length;
  /// The field Docker-Content-Digest.
  std::string content_digest;
  std::string location;
  std::string range;
  std::string content_range;
  std::string link;
  /// All WWW-Authenticate fields, joined by commas.
  std::string challenges;
  /// Bytes of the body that arrived.
  std::uint64_t body_size = 0;
  /// With `body_use::keep`.
  std::string body;
  /// With `body_use::hash` and `body_use::hash_on`.
  std::optional<digest> body_digest;
  /// The state of that hash, for `body_use::hash_on`.
  std::optional<hasher> hash;
};

} // namespace gantry::client
