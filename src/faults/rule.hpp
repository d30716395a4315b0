// A fault: which requests it hits, how often, and what it does to them.
#pragma once

#include "faults/delay.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::faults {

/// Which requests a fault may hit. An empty text matches everything; the others are shell patterns
/// (`*` matches slashes, too), except for the method.
struct target {
  /// Case matters (RFC 9110, 9.1).
  std::string method = {};
  /// The name of an operation, such as `put_manifest`.
  std::string operation = {};
  std::string repository = {};
  /// A tag, digest or upload id in the path.
  std::string reference = {};
  std::string user_agent = {};

  bool operator==(const target&) const = default;
};

/// Which of the matching requests are hit: those that meet every condition.
struct schedule {
  /// Only this one, counted from 1; 0 means all.
  std::uint64_t nth = 0;
  /// Every so many; at least 1.
  std::uint64_t every = 1;
  /// From 0 to 1.
  double probability = 1;
  /// Of the random numbers: the same seed hits the same requests.
  std::uint64_t seed = 1;
  /// The most hits; 0 means no limit.
  std::uint64_t count = 0;

  bool operator==(const schedule&) const = default;
};

/// What happens to the Location of a response.
struct location_change {
  bool absent = false;
  /// Replaces the scheme, or makes the Location absolute; empty leaves it.
  std::string scheme = {};
  /// `HOST:PORT`, likewise.
  std::string host = {};

  bool operator==(const location_change&) const = default;
};

/// What a fault does. Everything that is set happens.
struct effect {
  /// Of a response instead of the true one; 0 keeps that.
  unsigned status = 0;
  /// The code and message of its JSON error; the code of the status if empty.
  std::string code = {};
  std::string message = {};
  /// Its body, instead of a JSON error.
  std::optional<std::string> body = {};
  std::string content_type = {};
  /// The request takes effect before its response is replaced, as if a proxy had given up.
  bool after = false;
  /// Replace fields of the response. `{target}` stands for the request's target.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Before the first byte of the response.
  delay_time delay = {};
  /// Bytes of the body per second; 0 for no limit.
  std::uint64_t rate = 0;
  /// Bytes of the request's body that are read per second; 0 for no limit.
  std::uint64_t upload_rate = 0;
  /// The connection is reset after so many bytes of the body; 0: before any byte of the response.
  std::optional<std::uint64_t> reset_after = {};
  /// The connection is reset after so many bytes of the request's body were read. A shorter body
  /// is not hit.
  std::optional<std::uint64_t> reset_after_request = {};
  /// The connection ends after so many bytes of the body.
  std::optional<std::uint64_t> truncate_after = {};
  /// The Content-Length that is sent.
  std::optional<std::uint64_t> content_length = {};
  /// The offset of a byte of the body that is sent wrong.
  std::optional<std::uint64_t> corrupt_byte = {};
  /// Docker-Content-Digest names other content.
  bool wrong_digest = false;
  location_change location = {};
  /// A Link to the same page as the next one.
  bool endless_link = false;

  bool operator==(const effect&) const = default;
};

struct rule {
  /// Shown in lists; empty if it has none.
  std::string name = {};
  target match = {};
  schedule when = {};
  effect does = {};

  bool operator==(const rule&) const = default;
};

} // namespace gantry::faults
