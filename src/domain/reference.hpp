// A reference names a manifest in a repository: a tag or a digest (distribution-spec,
// `<reference>`).
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gantry {

/// A tag that matches `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`. Compared bytewise, which is the order of
/// tag lists.
class tag {
public:
  static constexpr std::size_t max_length = 128;

  /// Errors: tag_invalid.
  static result<tag> parse(std::string_view text);
  /// Any text of 1 to `max_length` bytes without control characters (lenient profile). Errors:
  /// tag_invalid.
  static result<tag> parse_lenient(std::string_view text);

  const std::string& to_string() const noexcept { return text_; }

  friend bool operator==(const tag&, const tag&) = default;
  friend auto operator<=>(const tag&, const tag&) = default;

private:
  explicit tag(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

using reference = std::variant<tag, digest>;

/// A text with a colon is a digest; any other is a tag. Errors: digest_invalid, tag_invalid.
result<reference> parse_reference(std::string_view text);
/// Like `parse_reference`, with `digest::parse_lenient` and `tag::parse_lenient`.
result<reference> parse_reference_lenient(std::string_view text);

std::string to_string(const reference& value);

} // namespace gantry
