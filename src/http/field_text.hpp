// The characters of field names and values (RFC 9110, 5.5 and 5.6).
#pragma once

#include <string_view>

namespace gantry::http {

/// A character of a token: names of methods, fields and parameters.
constexpr bool is_token_character(char c) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         marks.find(c) != std::string_view::npos;
}

/// A character of a value: any but controls; the tab is allowed.
constexpr bool is_field_text(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7F);
}

} // namespace gantry::http
