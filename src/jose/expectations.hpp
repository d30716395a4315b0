// What a token must say to be accepted.
#pragma once

#include "jose/claims.hpp"
#include "jose/refusal.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace gantry::jose {

/// Without an issuer or without an audience nothing is accepted: each service that trusts the same
/// issuer could otherwise use its clients' tokens here.
struct expectations {
  /// The token comes from one of these, exactly.
  std::vector<std::string> issuers = {};
  /// The token is for one of these, exactly, and perhaps for others.
  std::vector<std::string> audiences = {};
  /// For clocks that differ: how long after its end, and before its begin, a token is accepted. The
  /// default is distribution's. Not negative.
  std::chrono::seconds leeway{60};
  std::chrono::system_clock::time_point now = {};
};

/// The claims of a verified token must have an issuer, an audience and an end (`exp`); a begin
/// (`nbf`) counts if there is one, when it was issued (`iat`) does not. Errors: issuer_wrong;
/// audience_wrong; expiry_missing; expired; not_yet_valid.
outcome<void> check(const claims& said, const expectations& expected);

} // namespace gantry::jose
