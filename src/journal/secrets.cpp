#include "journal/secrets.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gantry::journal {

namespace {

constexpr std::array<std::string_view, 4> secret_fields{"authorization", "cookie",
                                                        "proxy-authorization", "set-cookie"};
constexpr std::array<std::string_view, 6> secret_parameters{
  "access_token", "client_secret", "identity_token", "password", "refresh_token", "token"};

template <std::size_t Count>
bool is_one_of(std::string_view name, const std::array<std::string_view, Count>& names) noexcept {
  return std::ranges::any_of(names,
                             [name](std::string_view each) { return is_same_name(each, name); });
}

/// Percent-decodes the name of a parameter; malformed encodings stay as they are.
std::string decoded(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const int high = text.size() > 2 && text[0] == '%' ? hex_value(text[1]) : -1;
    const int low = high >= 0 ? hex_value(text[2]) : -1;
    plain += low >= 0 ? static_cast<char>(high << 4 | low) : text[0];
    text.remove_prefix(low >= 0 ? 3 : 1);
  }
  return plain;
}

/// Appends a part; no more than one byte beyond the limit, which shows that it is exceeded.
void append_part(std::string& into, std::string_view part, std::size_t most) {
  into.append(part.substr(0, most + 1 - std::min(most + 1, into.size())));
}

} // namespace

bool is_same_name(std::string_view left, std::string_view right) noexcept {
  return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

bool is_secret_field(std::string_view name) noexcept {
  return is_one_of(name, secret_fields);
}

bool is_secret_parameter(std::string_view name) {
  return name.find('%') == std::string_view::npos ? is_one_of(name, secret_parameters)
                                                  : is_one_of(decoded(name), secret_parameters);
}

void append_masked(std::string& into, std::string_view target, std::size_t most) {
  const auto mark = target.find('?');
  append_part(into, target.substr(0, mark), most);
  auto query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  for (std::string_view separator = "?"; !query.empty(); separator = "&") {
    const auto whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(whole.size() + 1, query.size()));
    const auto equals = whole.find('=');
    const bool hides =
      equals != std::string_view::npos && is_secret_parameter(whole.substr(0, equals));
    append_part(into, separator, most);
    append_part(into, hides ? whole.substr(0, equals + 1) : whole, most);
    if (hides)
      append_part(into, mask, most);
  }
}

} // namespace gantry::journal
