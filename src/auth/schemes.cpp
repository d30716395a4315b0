#include "auth/schemes.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace gantry::auth {

namespace {

/// What follows the scheme, which is given in lower case.
std::optional<std::string_view> text_after(std::string_view scheme, std::string_view field) {
  const auto space = field.find(' ');
  if (space != scheme.size() || !std::ranges::equal(field.substr(0, space), scheme, {}, &to_lower))
    return std::nullopt;
  return trim(field.substr(space));
}

} // namespace

std::optional<std::string_view> read_bearer(std::string_view field) {
  return text_after("bearer", field);
}

std::optional<credentials> read_basic(std::string_view field) {
  const auto text = text_after("basic", field);
  const auto pair = text ? from_base64(*text) : std::nullopt;
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
