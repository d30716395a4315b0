// Patterns of the names of repositories and tags.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::retention {

/// `*` stands for any characters, none and slashes included; everything else stands for itself.
class name_pattern {
public:
  /// In characters.
  static constexpr std::size_t max_length = 512;

  /// Throw std::invalid_argument, which says what to write instead, if no name could match: a
  /// pattern in another language, such as `v[0-9]`, would protect nothing.
  static name_pattern of_repositories(std::string_view text);
  static name_pattern of_tags(std::string_view text);

  bool match(std::string_view name) const noexcept;
  const std::string& to_string() const noexcept { return text_; }

  friend bool operator==(const name_pattern&, const name_pattern&) = default;

private:
  explicit name_pattern(std::string_view text) : text_{text} {}
  std::string text_;
};

using pattern_list = std::vector<name_pattern>;

bool match_any(const pattern_list& patterns, std::string_view name) noexcept;

} // namespace gantry::retention
