#include "retention/semantic_version.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace gantry::retention {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_of_identifiers(char c) noexcept {
  return is_lower_or_digit(to_lower(c)) || c == '-';
}

/// Removes and returns what stands before the first dot; absent behind the last one.
std::optional<std::string_view> take_part(std::optional<std::string_view>& rest) noexcept {
  const auto whole = rest;
  if (!whole)
    return std::nullopt;
  const auto dot = whole->find('.');
  rest = dot == std::string_view::npos ? std::nullopt : std::optional{whole->substr(dot + 1)};
  return whole->substr(0, dot);
}

bool is_identifier(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_of_identifiers);
}

bool is_build(std::string_view text) noexcept {
  std::optional rest{text};
  while (const auto part = take_part(rest))
    if (!is_identifier(*part))
      return false;
  return true;
}

} // namespace

std::optional<version::identifiers> version::parse_identifiers(std::string_view text) {
  identifiers found;
  std::optional rest{text};
  while (const auto part = take_part(rest)) {
    const bool is_number = std::ranges::all_of(*part, is_digit);
    if (!is_identifier(*part) || (is_number && part->size() > 1 && part->front() == '0'))
      return std::nullopt;
    found.push_back({std::string{*part}, is_number});
  }
  return found;
}

std::optional<version> version::parse(std::string_view text) {
  if (text.starts_with('v'))
    text.remove_prefix(1);
  const auto build = text.find_first_of("+_");
  if (build != std::string_view::npos && !is_build(text.substr(build + 1)))
    return std::nullopt;
  text = text.substr(0, build);
  const auto hyphen = text.find('-');
  auto numbers = parse_identifiers(text.substr(0, hyphen));
  if (!numbers || numbers->size() != 3 || !std::ranges::all_of(*numbers, &identifier::is_number))
    return std::nullopt;
  version read;
  read.numbers_ = std::move(*numbers);
  if (hyphen == std::string_view::npos)
    return read;
  auto prerelease = parse_identifiers(text.substr(hyphen + 1));
  if (!prerelease)
    return std::nullopt;
  read.prerelease_ = std::move(*prerelease);
  return read;
}

bool version::is_same(version_level level, const version& other) const noexcept {
  const auto end = numbers_.begin() + 1 + static_cast<std::ptrdiff_t>(level);
  return std::equal(numbers_.begin(), end, other.numbers_.begin());
}

std::strong_ordering version::identifier::operator<=>(const identifier& other) const noexcept {
  if (is_number != other.is_number)
    return is_number ? std::strong_ordering::less : std::strong_ordering::greater;
  // Numbers have no leading zeros, so a longer one is larger.
  if (is_number && text.size() != other.text.size())
    return text.size() <=> other.text.size();
  return text <=> other.text;
}

std::strong_ordering operator<=>(const version& left, const version& right) noexcept {
  if (const auto order = left.numbers_ <=> right.numbers_; order != 0)
    return order;
  if (left.is_prerelease() != right.is_prerelease())
    return left.is_prerelease() ? std::strong_ordering::less : std::strong_ordering::greater;
  return left.prerelease_ <=> right.prerelease_;
}

} // namespace gantry::retention
