// What a server says it wants of those who ask: the field WWW-Authenticate.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

/// One way to authenticate (RFC 9110, 11.3).
struct challenge {
  /// In lower case: "basic", "bearer", …
  std::string scheme;
  /// By their names in lower case. A value that was quoted is here without its quotes and escapes.
  std::map<std::string, std::string, std::less<>> parameters;

  /// Empty where there is none of this name.
  std::string_view parameter(std::string_view name) const;
};

/// All ways that a field offers, in its order; a second field follows the first after a comma. What
/// stands behind a mistake is passed over. A token in place of parameters (`Negotiate a87==`) is
/// not kept.
std::vector<challenge> parse_challenges(std::string_view field);

} // namespace gantry::bench
