#include "journal/entry.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace gantry::journal {

namespace {

constexpr std::string_view ellipsis = "...";

constexpr std::array<std::string_view, 3> secret_fields{"authorization", "cookie",
                                                        "proxy-authorization"};
constexpr std::array<std::string_view, 6> secret_parameters{
  "access_token", "client_secret", "identity_token", "password", "refresh_token", "token"};

bool is_same(std::string_view left, std::string_view right) noexcept {
  return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

template <std::size_t Count>
bool is_one_of(std::string_view name, const std::array<std::string_view, Count>& names) noexcept {
  return std::ranges::any_of(names, [name](std::string_view each) { return is_same(each, name); });
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

bool is_secret(std::string_view parameter) {
  return parameter.find('%') == std::string_view::npos
           ? is_one_of(parameter, secret_parameters)
           : is_one_of(decoded(parameter), secret_parameters);
}

/// Appends a part of a target; no more than `cut` needs to see that the target is too long.
void append_part(std::string& target, std::string_view part) {
  target.append(part.substr(0, max_target + 1 - std::min(max_target + 1, target.size())));
}

/// Appends the query of a target, from its question mark on.
void append_masked(std::string& target, std::string_view query) {
  for (std::string_view separator = "?"; !query.empty(); separator = "&") {
    const auto whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(whole.size() + 1, query.size()));
    const auto equals = whole.find('=');
    const bool hides = equals != std::string_view::npos && is_secret(whole.substr(0, equals));
    append_part(target, separator);
    append_part(target, hides ? whole.substr(0, equals + 1) : whole);
    if (hides)
      append_part(target, mask);
  }
}

/// Cuts a text to `most` bytes; whether that was needed.
bool cut(std::string& text, std::size_t most) {
  if (text.size() <= most)
    return false;
  text.resize(most - ellipsis.size());
  text.append(ellipsis);
  return true;
}

} // namespace

void entry::clear() noexcept {
  sequence = 0;
  duration = {};
  is_cut = false;
  status = 0;
  bytes_sent = 0;
  body_bytes.reset();
  operation = {};
  for (auto* text : {&method, &target, &fields, &connection, &repository, &request_id, &fault})
    text->clear();
}

void entry::set_method(std::string_view text) {
  method.assign(text.substr(0, max_method + 1));
  is_cut = cut(method, max_method) || is_cut;
}

void entry::set_target(std::string_view text) {
  target.clear();
  const auto mark = text.find('?');
  append_part(target, text.substr(0, mark));
  if (mark != std::string_view::npos)
    append_masked(target, text.substr(mark + 1));
  is_cut = cut(target, max_target) || is_cut;
}

void entry::add_field(std::string_view name, std::string_view value) {
  if (is_one_of(name, secret_fields))
    value = mask;
  const auto shown = value.substr(0, max_field);
  if (fields.size() + name.size() + shown.size() + ellipsis.size() + 4 > max_fields) {
    is_cut = true;
    return;
  }
  fields.append(name).append(": ").append(shown);
  if (shown.size() < value.size()) {
    fields.append(ellipsis);
    is_cut = true;
  }
  fields.append("\r\n");
}

std::string_view field_of(const entry& seen, std::string_view name) noexcept {
  std::string_view found;
  bool is_found = false;
  visit_fields(seen, [&](std::string_view each, std::string_view value) {
    if (!is_found && is_same(each, name)) {
      found = value;
      is_found = true;
    }
  });
  return found;
}

} // namespace gantry::journal
