// Text functions shared by parsers.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace gantry {

/// Removes surrounding spaces and tabs (RFC 9110, 5.6.3: OWS).
constexpr std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// ASCII only: other bytes are unchanged.
constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `to_lower` of each character.
inline std::string in_lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower)
    c = to_lower(c);
  return lower;
}

/// Whether the character is a control of ASCII.
constexpr bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < ' ' || byte == 0x7f;
}

/// Whether the character is printable ASCII other than the space (RFC 5234: VCHAR).
constexpr bool is_visible(char c) noexcept {
  return c > ' ' && c < 0x7f;
}

/// A character of a token: names of methods, fields and parameters (RFC 9110, 5.6.2).
constexpr bool is_token_character(char c) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         marks.find(c) != std::string_view::npos;
}

constexpr bool is_token(std::string_view text) noexcept {
  for (const char c : text)
    if (!is_token_character(c))
      return false;
  return !text.empty();
}

/// The items between separators, without empty ones.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> items;
  while (!text.empty()) {
    const auto item = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    if (!item.empty())
      items.push_back(item);
  }
  return items;
}

/// The items with `between` between them.
inline std::string join(const std::vector<std::string>& items, std::string_view between) {
  std::string text;
  for (const auto& item : items)
    text.append(text.empty() ? "" : between).append(item);
  return text;
}

/// Calls `use(line, number)` for each line, without its end; numbers count from 1.
template <class Use>
void for_each_line(std::string_view text, Use use) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    use(line, number);
  }
}

/// Concatenates two texts. `"literal" + std::string{…}` does the same, but g++ 12 inlines it into a
/// copy whose size it believes negative, and warns.
inline std::string concat(std::string_view front, std::string_view back) {
  std::string text;
  text.reserve(front.size() + back.size());
  return text.append(front).append(back);
}

/// The text in single quotes.
inline std::string in_quotes(std::string_view text) {
  return concat("'", text).append("'");
}

/// An ASCII letter in lower case, or a digit.
constexpr bool is_lower_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// -1 for anything but a hex digit, in any case.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  const auto lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Appends two digits per byte, in lower case.
inline void append_hex(std::string& text, std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto begin = text.size();
  text.resize(begin + 2 * bytes.size());
  auto* out = text.data() + begin;
  for (const auto byte : bytes) {
    *out++ = digits[byte >> 4U];
    *out++ = digits[byte & 15U];
  }
}

inline std::string to_hex(std::span<const unsigned char> bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

/// The number in decimal digits that is the whole text; absent if it is none, or does not fit.
inline std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return number;
}

/// A client's text for JSON, which is UTF-8: any other byte than ASCII becomes `?`.
inline std::string to_ascii(std::string_view text) {
  std::string shown{text};
  for (char& c : shown)
    if ((c & 0x80) != 0)
      c = '?';
  return shown;
}

/// Shortens a text for a message: its first bytes, at most `max`, never cutting a UTF-8 sequence;
/// an ellipsis marks the omission.
inline std::string excerpt(std::string_view text, std::size_t max = 100) {
  if (text.size() <= max)
    return std::string{text};
  while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0) == 0x80)
    --max;
  return std::string{text.substr(0, max)} + "…";
}

} // namespace gantry
#include "base/text.hpp"
