#include "otlp/pairs.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace gantry::otlp {

namespace {

constexpr std::array<std::string_view, 9> own_fields{
  "accept", "connection",        "content-encoding", "content-length", "content-type",
  "host",   "transfer-encoding", "upgrade",          "user-agent"};

std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return std::nullopt;
    decoded.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return decoded;
}

/// What a token may have besides letters and digits (RFC 9110, 5.6.2).
constexpr std::string_view marks = "!#$%&'*+-.^_`|~";

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || marks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

} // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> read_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto item = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (item.empty())
      continue;
    const auto equals = item.find('=');
    const auto key = trim(item.substr(0, equals));
    auto value =
      equals == std::string_view::npos ? std::nullopt : decode(trim(item.substr(equals + 1)));
    if (key.empty() || !value)
      return std::nullopt;
    pairs.emplace_back(key, std::move(*value));
  }
  return pairs;
}

bool is_allowed_field(std::string_view name, std::string_view value) {
  std::string lower{name};
  std::ranges::transform(lower, lower.begin(), to_lower);
  return is_token(name) && std::ranges::find(own_fields, lower) == own_fields.end() &&
         std::ranges::all_of(value, [](char c) { return c == ' ' || is_visible(c); });
}

} // namespace gantry::otlp
