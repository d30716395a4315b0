#include "otlp/pairs.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

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

} // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> read_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto each : split(text, ',')) {
    const auto item = trim(each);
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
  return is_token(name) && std::ranges::find(own_fields, in_lower_case(name)) == own_fields.end() &&
         std::ranges::all_of(value, [](char c) { return c == ' ' || is_visible(c); });
}

} // namespace gantry::otlp
