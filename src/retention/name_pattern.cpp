#include "retention/name_pattern.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"

#include <algorithm>
#include <stdexcept>

namespace gantry::retention {

namespace {

/// A name of the pattern's shape: it is valid if any name that matches is.
std::string example_of(std::string_view pattern) {
  std::string name;
  for (const char c : pattern)
    if (c != '*' || !name.ends_with('*'))
      name += c;
  std::ranges::replace(name, '*', 'a');
  return name;
}

void refuse_pattern(std::string_view text, std::string_view why) {
  throw std::invalid_argument{in_quotes(excerpt(text)).append(" ").append(why)};
}

} // namespace

name_pattern name_pattern::of_repositories(std::string_view text) {
  if (text.size() > max_length || !repository_name::parse(example_of(text)))
    refuse_pattern(text, "matches no repository: write a name, or a pattern such as team/*, with "
                         "lower-case letters, digits, . _ - / and *");
  return name_pattern{text};
}

name_pattern name_pattern::of_tags(std::string_view text) {
  if (text.size() > max_length || !tag::parse(example_of(text)))
    refuse_pattern(text, "matches no tag: write a tag, or a pattern such as v1.*, with letters, "
                         "digits, . _ - and *");
  return name_pattern{text};
}

bool name_pattern::match(std::string_view name) const noexcept {
  return matches_glob(text_, name);
}

bool match_any(const pattern_list& patterns, std::string_view name) noexcept {
  return std::ranges::any_of(patterns,
                             [name](const name_pattern& each) { return each.match(name); });
}

} // namespace gantry::retention
