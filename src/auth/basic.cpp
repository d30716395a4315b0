#include "auth/basic.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace gantry::auth {

namespace {

constexpr std::string_view scheme = "basic";

} // namespace

std::optional<credentials> read_basic(std::string_view field) {
  const auto space = field.find(' ');
  if (space != scheme.size() || !std::ranges::equal(field.substr(0, space), scheme, {}, &to_lower))
    return std::nullopt;
  const auto pair = from_base64(trim(field.substr(space)));
  if (!pair)
    return std::nullopt;
  const auto colon = pair->find(':');
  if (colon == std::string::npos)
    return std::nullopt;
  return credentials{pair->substr(0, colon), pair->substr(colon + 1)};
}

std::string basic_challenge(std::string_view realm) {
  std::string field = "Basic realm=\"";
  for (const char c : realm) {
    if (c == '"' || c == '\\')
      field += '\\';
    field += c;
  }
  return field += '"';
}

} // namespace gantry::auth
