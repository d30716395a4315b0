// The characters of field values (RFC 9110, 5.5); those of names are in base/text.
#pragma once

namespace gantry::http {

/// A character of a value: any but controls; the tab is allowed.
constexpr bool is_field_text(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7F);
}

} // namespace gantry::http
