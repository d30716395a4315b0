#include "base/base64url.hpp"

#include "base/base64.hpp"

#include <algorithm>

namespace gantry {

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos)
    return std::nullopt;
  std::string padded{text};
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto bytes = from_base64(padded);
  if (bytes && to_base64url(*bytes) != text)
    return std::nullopt;
  return bytes;
}

std::string to_base64url(std::string_view bytes) {
  auto text = to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  while (text.ends_with('='))
    text.pop_back();
  return text;
}

} // namespace gantry
