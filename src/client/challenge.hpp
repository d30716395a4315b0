// The WWW-Authenticate field: the authentication schemes that a server offers.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::client {

/// One way to authenticate (RFC 9110, 11.3).
struct challenge {
  /// In lower case: "basic", "bearer", …
  std::string scheme;
  /// By name in lower case. Quotes and escapes of values are removed.
  std::map<std::string, std::string, std::less<>> parameters;

  /// Empty if there is no parameter of this name.
  std::string_view parameter(std::string_view name) const;
};

/// All challenges of a field, in order; several fields are joined by commas. Parsing stops at the
/// first mistake. A token68 in place of parameters (`Negotiate a87==`) is dropped.
std::vector<challenge> parse_challenges(std::string_view field);

} // namespace gantry::client
