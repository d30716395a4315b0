// Percent-decoding, and parsing of queries.
#include "http/target.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <utility>

namespace gantry::http {

namespace {

/// Well-formed UTF-8 without control characters.
bool is_clean(std::string_view text) noexcept {
  for (;;) {
    const auto unusual =
      std::ranges::find_if(text, [](unsigned char c) { return c < ' ' || c >= 0x7F; });
    text.remove_prefix(static_cast<std::size_t>(unusual - text.begin()));
    const std::size_t length = text.empty() ? 0 : utf8_length(text);
    if (length < 2)
      return text.empty();
    text.remove_prefix(length);
  }
}

bool starts_with_scheme(std::string_view target, std::string_view scheme) noexcept {
  return target.size() >= scheme.size() &&
         std::ranges::equal(target.substr(0, scheme.size()), scheme, {}, to_lower);
}

void append_uri_character(std::string& text, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unsafe = " \"<>\\^`{|}";
  const auto byte = static_cast<unsigned char>(c);
  if (byte > ' ' && byte < 0x7F && unsafe.find(c) == std::string_view::npos) {
    text += c;
    return;
  }
  text += '%';
  text += digits[byte >> 4];
  text += digits[byte & 15];
}

} // namespace

std::optional<std::string_view> authority_of(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"})
    if (starts_with_scheme(target, scheme))
      return target.substr(scheme.size(),
                           target.find_first_of("/?", scheme.size()) - scheme.size());
  return std::nullopt;
}

raw_target split_target(std::string_view target) noexcept {
  if (const auto named = authority_of(target)) {
    target.remove_prefix(static_cast<std::size_t>(named->data() - target.data()) + named->size());
    if (!target.starts_with('/'))
      return {"/", target.empty() ? target : target.substr(1)};
  }
  const auto mark = target.find('?');
  return {target.substr(0, mark),
          mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1)};
}

result<std::string> percent_decode(std::string_view text) {
  std::string decoded{text.substr(0, text.find('%'))};
  for (std::size_t i = decoded.size(); i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return refuse(refusal_code::malformed, "malformed percent-encoding");
    decoded += static_cast<char>(high << 4 | low);
    i += 2;
  }
  if (!is_clean(decoded))
    return refuse(refusal_code::malformed, "control characters or invalid UTF-8 in the target");
  return decoded;
}

query_parameters::query_parameters(std::string_view query) {
  while (!query.empty()) {
    const auto whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(whole.size() + 1, query.size()));
    const auto equals = whole.find('=');
    auto key = percent_decode(whole.substr(0, equals));
    if (!key || whole.empty())
      continue;
    const auto value =
      equals == std::string_view::npos ? std::string_view{} : whole.substr(equals + 1);
    parameters_.push_back({std::move(*key), value, whole});
  }
}

result<std::optional<std::string>> query_parameters::first(std::string_view key) const {
  const auto found = std::ranges::find(parameters_, key, &parameter::key);
  if (found == parameters_.end())
    return std::optional<std::string>{};
  auto value = percent_decode(found->encoded_value);
  if (!value)
    return std::move(value).error();
  return std::optional{std::move(*value)};
}

result<std::vector<std::string>> query_parameters::all(std::string_view key) const {
  std::vector<std::string> values;
  for (const parameter& each : parameters_) {
    if (each.key != key)
      continue;
    auto value = percent_decode(each.encoded_value);
    if (!value)
      return std::move(value).error();
    values.push_back(std::move(*value));
  }
  return values;
}

std::size_t query_parameters::count(std::string_view key) const {
  return static_cast<std::size_t>(std::ranges::count(parameters_, key, &parameter::key));
}

std::string query_parameters::others(std::initializer_list<std::string_view> than) const {
  std::string text;
  for (const parameter& each : parameters_) {
    if (std::ranges::find(than, each.key) != than.end())
      continue;
    if (!text.empty())
      text += '&';
    for (const char c : each.whole)
      append_uri_character(text, c);
  }
  return text;
}

} // namespace gantry::http
