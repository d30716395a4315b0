// The grammar of repository names.
#include "domain/repository_name.hpp"

#include "base/text.hpp"

namespace gantry {

namespace {

/// One dot, one or two underscores, any number of dashes.
bool is_separator(std::string_view text) noexcept {
  return text == "." || text == "_" || text == "__" ||
         (!text.empty() && text.find_first_not_of('-') == std::string_view::npos);
}

bool is_component(std::string_view text) noexcept {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back()))
    return false;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && !is_lower_or_digit(text[end]))
      ++end;
    if (end != begin && !is_separator(text.substr(begin, end - begin)))
      return false;
    begin = end + 1;
  }
  return true;
}

} // namespace

result<repository_name> repository_name::parse(std::string_view text) {
  if (text.size() > max_length)
    return fail(errc::name_invalid, text);
  for (std::string_view rest = text;;) {
    const auto slash = rest.find('/');
    if (!is_component(rest.substr(0, slash)))
      return fail(errc::name_invalid, text);
    if (slash == std::string_view::npos)
      return repository_name{std::string{text}};
    rest.remove_prefix(slash + 1);
  }
}

} // namespace gantry
