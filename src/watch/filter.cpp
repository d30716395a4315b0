#include "watch/filter.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cstddef>

namespace gantry::watch {

namespace {

/// No longer name can match that has no longer name without its stars.
constexpr std::size_t longest_glob = 512;

bool is_of_repositories(char c) noexcept {
  return is_lower_or_digit(c) || c == '*' || c == '/' || c == '.' || c == '_' || c == '-';
}

bool is_of_tags(char c) noexcept {
  return is_lower_or_digit(to_lower(c)) || c == '*' || c == '.' || c == '_' || c == '-';
}

result<std::string> read(std::string_view parameter, std::string_view text, bool (*is_usual)(char),
                         std::string_view allowed) {
  if (!text.empty() && text.size() <= longest_glob && std::ranges::all_of(text, is_usual))
    return std::string{text};
  std::string detail{parameter};
  detail.append(": '").append(excerpt(text)).append("' matches nothing: ").append(allowed);
  return fail(errc::request_invalid, detail);
}

} // namespace

bool filter::match(std::string_view in, std::string_view name) const noexcept {
  if (!repository.empty() && !matches_glob(repository, in))
    return false;
  return tag.empty() || (!name.empty() && matches_glob(tag, name));
}

result<std::string> read_repository_glob(std::string_view text) {
  return read("repository", text, is_of_repositories,
              "write a name, or a pattern such as team/*, with lower-case letters, digits, . _ - / "
              "and *; leave the parameter out to watch all");
}

result<std::string> read_tag_glob(std::string_view text) {
  return read(
    "tag", text, is_of_tags,
    "write a tag, or a pattern such as v1.*, with letters, digits, . _ - and *; leave the "
    "parameter out to watch all");
}

} // namespace gantry::watch
