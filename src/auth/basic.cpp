#include "auth/basic.hpp"

#include "base/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>

namespace gantry::auth {

namespace {

constexpr std::string_view scheme = "basic";

bool is_padded_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0)
    return false;
  const auto body = text.substr(0, text.size() - (text.ends_with("==") ? 2 : text.ends_with('=')));
  return std::ranges::all_of(body, [](char c) {
    const auto lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (!is_padded_base64(text))
    return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto size = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
  if (size < 0)
    return std::nullopt;
  // EVP_DecodeBlock counts the padding as bytes.
  const auto padding = static_cast<std::size_t>(std::ranges::count(text, '='));
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

} // namespace

std::optional<credentials> read_basic(std::string_view field) {
  const auto space = field.find(' ');
  if (space != scheme.size() || !std::ranges::equal(field.substr(0, space), scheme, {}, &to_lower))
    return std::nullopt;
  const auto pair = decode_base64(trim(field.substr(space)));
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
