#include "replay/request_key.hpp"

#include "base/text.hpp"
#include "journal/secrets.hpp"

#include <algorithm>
#include <vector>

namespace gantry::replay {

namespace {

/// Malformed encodings stay as they are. A decoded `&` or `?` stays encoded, because it separates
/// nothing.
std::string decoded(std::string_view text) {
  constexpr std::string_view separators = "&=?%";
  std::string plain;
  while (!text.empty()) {
    const int high = text.size() > 2 && text[0] == '%' ? hex_value(text[1]) : -1;
    const int low = high >= 0 ? hex_value(text[2]) : -1;
    const auto byte = low >= 0 ? static_cast<char>(high << 4 | low) : text[0];
    const bool is_separator = low >= 0 && separators.find(byte) != std::string_view::npos;
    plain.append(is_separator ? text.substr(0, 3) : std::string_view{&byte, 1});
    text.remove_prefix(low >= 0 ? 3 : 1);
  }
  return plain;
}

std::string parameter_key(std::string_view parameter) {
  const auto equals = parameter.find('=');
  const auto name = parameter.substr(0, equals);
  if (equals != std::string_view::npos && journal::is_secret_parameter(name))
    return decoded(name) + "=" + std::string{journal::mask};
  return decoded(parameter);
}

} // namespace

std::string request_key(std::string_view method, std::string_view target) {
  const auto mark = target.find('?');
  auto key = std::string{method} + " " + decoded(target.substr(0, mark));
  auto query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  std::vector<std::string> parameters;
  while (!query.empty()) {
    const auto whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(whole.size() + 1, query.size()));
    if (!whole.empty())
      parameters.push_back(parameter_key(whole));
  }
  std::ranges::sort(parameters);
  for (const auto& each : parameters)
    key.append("&").append(each);
  return key;
}

} // namespace gantry::replay
