#include "config/environment.hpp"

#include "base/file_text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace gantry::config {

namespace {

/// A longer file is not a value.
constexpr std::size_t max_secret = 64 * 1024;

std::string read_secret(const std::string& variable, const std::string& file) {
  auto text = read_file(file, max_secret);
  if (!text)
    throw std::invalid_argument{variable + ": the file " + file + " cannot be read"};
  if (text->size() > max_secret)
    throw std::invalid_argument{variable + ": the file " + file + " has more than " +
                                std::to_string(max_secret) + " bytes"};
  while (text->ends_with('\n') || text->ends_with('\r'))
    text->pop_back();
  return std::move(*text);
}

[[noreturn]] void refuse_reference(std::string_view reference, const std::string& reason) {
  throw std::invalid_argument{"'" + excerpt(reference) + "' " + reason};
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(
                            name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

} // namespace

std::optional<std::string_view> environment::find(std::string_view name) const {
  for (const auto* each = variables_; *each; ++each) {
    const std::string_view entry{*each};
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::optional<std::string> environment::find_secret(const std::string& name) const {
  const auto plain = find(name);
  const auto variable = name + std::string{file_suffix};
  const auto file = find(variable);
  if (plain && file)
    throw std::invalid_argument{name + " excludes " + variable + ": unset one"};
  if (file)
    return read_secret(variable, std::string{*file});
  return plain ? std::optional<std::string>{*plain} : std::nullopt;
}

std::string environment::expand(std::string_view text) const {
  constexpr std::string_view opening = "${";
  std::string expanded;
  for (;;) {
    const auto begin = text.find(opening);
    expanded += text.substr(0, begin);
    if (begin == std::string_view::npos)
      return expanded;
    if (begin > 0 && text[begin - 1] == '$') { // written twice: the first one is taken already
      expanded += '{';
      text.remove_prefix(begin + opening.size());
      continue;
    }
    const auto end = text.find('}', begin);
    if (end == std::string_view::npos)
      refuse_reference(text.substr(begin), "has no closing brace: write ${NAME}");
    const auto inner = text.substr(begin + 2, end - begin - 2);
    const auto fallback = inner.find(":-");
    const auto name = inner.substr(0, fallback);
    if (!is_name(name))
      refuse_reference(text.substr(begin, end - begin + 1),
                       "does not name a variable: write ${NAME}, or $${ for the text itself");
    auto found = find_secret(std::string{name});
    if (fallback != std::string_view::npos && (!found || found->empty()))
      found = inner.substr(fallback + 2);
    if (!found)
      refuse_reference(text.substr(begin, end - begin + 1),
                       "is not set: set the variable, or write ${" + std::string{name} +
                         ":-TEXT} to have a default");
    expanded += *found;
    text.remove_prefix(end + 1);
  }
}

} // namespace gantry::config
