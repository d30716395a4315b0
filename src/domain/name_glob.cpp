#include "domain/name_glob.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>

namespace gantry {

namespace {

/// No longer name can match that has no longer name without its stars.
constexpr std::size_t longest_glob = 512;

bool is_of_repositories(char c) noexcept {
  return is_lower_or_digit(c) || c == '*' || c == '/' || c == '.' || c == '_' || c == '-';
}

bool is_of_tags(char c) noexcept {
  return is_lower_or_digit(to_lower(c)) || c == '*' || c == '.' || c == '_' || c == '-';
}

result<std::string> read_glob(std::string_view parameter, std::string_view text,
                              bool (*is_usual)(char), std::string_view allowed) {
  if (!text.empty() && text.size() <= longest_glob && std::ranges::all_of(text, is_usual))
    return std::string{text};
  std::string detail{parameter};
  detail.append(": '")
    .append(excerpt(text))
    .append("' matches nothing: write ")
    .append(allowed)
    .append("; leave the parameter out for all");
  return fail(errc::request_invalid, detail);
}

} // namespace

result<std::string> parse_repository_glob(std::string_view parameter, std::string_view text) {
  return read_glob(parameter, text, is_of_repositories,
                   "a name, or a pattern such as team/*, with lower-case letters, digits, . _ - / "
                   "and *");
}

result<std::string> parse_tag_glob(std::string_view parameter, std::string_view text) {
  return read_glob(parameter, text, is_of_tags,
                   "a tag, or a pattern such as v1.*, with letters, digits, . _ - and *");
}

} // namespace gantry
