// Base64url without padding (RFC 7515, section 2; RFC 4648, section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gantry {

/// Absent unless `to_base64url` writes these bytes as exactly this text: padding, white space,
/// other alphabets, and spare bits that are not zero are refused, so that bytes have one text only.
std::optional<std::string> from_base64url(std::string_view text);
std::string to_base64url(std::string_view bytes);

} // namespace gantry
