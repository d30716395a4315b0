// A request of a client and what came back.
#pragma once

#include "bench/payload.hpp"
#include "domain/digest.hpp"

#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::bench {

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
};

/// What becomes of the body of an answer.
enum class body_use : std::uint8_t {
  drop,
  /// It is kept; a longer one than `max_kept_body` is an error.
  keep,
  /// It is hashed (SHA-256) as it comes, and dropped.
  hash,
  /// It is hashed as what follows the body before, with 206.
  hash_on
};

/// Bytes: the limit of a manifest.
inline constexpr std::size_t max_kept_body = 4 * 1024 * 1024;

struct response {
  unsigned status = 0;
  bool keep_alive = false;
  std::optional<std::uint64_t> content_length;
  std::string content_digest;
  std::string location;
  std::string range;
  std::string content_range;
  std::string link;
  /// All fields WWW-Authenticate, with commas between them.
  std::string challenges;
  /// Bytes that came.
  std::uint64_t body_size = 0;
  /// With `body_use::keep`.
  std::string body;
  /// With `body_use::hash` and `body_use::hash_on`.
  std::optional<digest> body_digest;
  std::optional<hasher> hash;
};

} // namespace gantry::bench
