#include "policy/repository_pattern.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"
#include "domain/repository_name.hpp"

#include <stdexcept>

namespace gantry::policy {

namespace {

constexpr std::string_view deep = "**";

/// Removes and returns the first component.
std::string_view take_component(std::string_view& path) noexcept {
  const auto slash = path.find('/');
  const auto first = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return first;
}

/// Like `matches_glob`, a level higher: components are the characters, and `**` is the star.
bool match_components(std::string_view pattern, std::string_view name) noexcept {
  auto after_deep = std::string_view{};
  auto left_by_deep = std::string_view{};
  bool has_deep = false;
  while (!name.empty()) {
    auto pattern_rest = pattern;
    auto name_rest = name;
    const auto wanted = take_component(pattern_rest);
    const auto component = take_component(name_rest);
    if (wanted == deep) { // takes this component, and maybe more later
      has_deep = true;
      after_deep = pattern_rest;
      left_by_deep = name_rest;
    } else if (wanted.empty() || !matches_glob(wanted, component)) {
      if (!has_deep || left_by_deep.empty())
        return false;
      take_component(left_by_deep);
      pattern_rest = after_deep;
      name_rest = left_by_deep;
    }
    pattern = pattern_rest;
    name = name_rest;
  }
  return pattern.empty();
}

/// A name of the pattern's shape: it is valid if any name that matches is.
std::string example_of(std::string_view pattern) {
  std::string name;
  for (const char c : pattern)
    if (c != '*')
      name += c;
    else if (!name.ends_with('*'))
      name += '*';
  for (char& c : name)
    if (c == '*')
      c = 'a';
  return name;
}

/// `**` shares no component with others.
bool has_misplaced_stars(std::string_view pattern) noexcept {
  while (!pattern.empty())
    if (const auto component = take_component(pattern);
        component != deep && component.find(deep) != std::string_view::npos)
      return true;
  return false;
}

} // namespace

repository_pattern::repository_pattern(std::string_view text) : text_{text}, kind_{kind::mixed} {
  const auto first = text_.find('*');
  if (text_ == deep)
    kind_ = kind::all;
  else if (first == std::string::npos)
    kind_ = kind::exact;
  else if (first + deep.size() == text_.size() && text_.ends_with("/**"))
    kind_ = kind::below;
}

repository_pattern repository_pattern::parse(std::string_view text) {
  const auto refuse = [text](const std::string& why) {
    throw std::invalid_argument{"'" + excerpt(text) + "' " + why};
  };
  if (has_misplaced_stars(text))
    refuse("has ** beside other characters: write it between slashes, as in team/**");
  if (!repository_name::parse(example_of(text)))
    refuse("matches no repository: names have lower-case letters, digits, single . _ - between "
           "them, and single slashes");
  return repository_pattern{text};
}

bool repository_pattern::match(std::string_view repository) const noexcept {
  const std::string_view text = text_;
  switch (kind_) {
  case kind::all: return true;
  case kind::exact: return repository == text;
  case kind::below: {
    const auto folder = text.substr(0, text.size() - deep.size());
    return repository.size() > folder.size() && repository.starts_with(folder);
  }
  case kind::mixed: return match_components(text, repository);
  }
  return false;
}

} // namespace gantry::policy
