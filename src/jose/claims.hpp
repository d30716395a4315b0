// What a token says (RFC 7519, section 4).
#pragma once

#include "jose/refusal.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::jose {

/// NumericDate, cut to milliseconds. Dates up to the end of 9999 are read, but those after
/// `last_date` are held as that one: the clock's type ends in 2262.
using numeric_date = std::chrono::system_clock::time_point;
/// The begin of 2200.
inline constexpr numeric_date last_date{std::chrono::seconds{7'258'118'400}};

struct claims {
  std::optional<std::string> issuer = {};
  std::optional<std::string> subject = {};
  /// Also if the token has a single one.
  std::vector<std::string> audiences = {};
  std::optional<numeric_date> expires = {};
  std::optional<numeric_date> not_before = {};
  std::optional<numeric_date> issued = {};
  std::optional<std::string> id = {};
  /// All of them as sent, with those above.
  boost::json::object all = {};
};

/// Reads the payload of a token, strictly. Does not verify it: before `verify` has, this is good
/// only to find out whose keys to ask for. A claim that is null counts as absent. Errors:
/// claims_invalid (not a JSON object, duplicate names, nested too deep, a claim of a wrong type, a
/// date out of range).
outcome<claims> read_claims(std::string_view payload);

} // namespace gantry::jose
