// Tokens as they are sent: JWS in compact serialization (RFC 7515, section 7.1).
#pragma once

#include "jose/algorithm.hpp"
#include "jose/refusal.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::jose {

/// Bytes. A token travels in the head of a request, where servers allow little more.
inline constexpr std::size_t max_token_size = 16 * 1024;

/// An attacker may have written all of it: believe nothing before `verify` has returned the claims.
struct token {
  algorithm alg = algorithm::rs256;
  /// Names the key (`kid`).
  std::optional<std::string> key_id = {};
  /// The certificates of the key (`x5c`), in DER; at most `max_chain`.
  std::vector<std::string> chain = {};
  /// What the signature covers.
  std::string signed_text = {};
  /// The claims as JSON; not yet read.
  std::string payload = {};
  std::string signature = {};
};

/// Reads the header strictly: JSON without duplicate names, a type that is absent or JWT (also
/// `at+jwt` of RFC 9068), no extension that must be understood (`crit`, `b64`). Whatever else it
/// holds, above all keys (`jwk`) and places of keys (`jku`, `x5u`), is not used. Errors: too_large;
/// malformed; type_refused; extension_refused; algorithm_refused.
outcome<token> parse_token(std::string_view text);

} // namespace gantry::jose
