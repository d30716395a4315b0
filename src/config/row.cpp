#include "config/row.hpp"

#include "config/texts.hpp"

#include <algorithm>
#include <iterator>

namespace gantry::config {

namespace {

constexpr char in_variable(char c) noexcept {
  if (c == '.')
    return '_';
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

} // namespace

std::string_view title_of(group section) noexcept {
  switch (section) {
  case group::serving: return "Serving";
  case group::storage: return "Storage";
  case group::users: return "Users";
  case group::monitoring: return "Monitoring";
  case group::content: return "Pushes and deletes";
  case group::upkeep: return "Garbage and damage";
  case group::browsers: return "Web pages";
  case group::lists: return "Lists";
  case group::connections: return "Connections";
  case group::testing: return "Tests of clients";
  }
  return {};
}

std::string variable_of(const row& setting) {
  std::string name{variable_prefix};
  std::ranges::transform(setting.key, std::back_inserter(name), in_variable);
  return name;
}

bool is_variable_of(const row& setting, std::string_view variable) noexcept {
  return begins_with_key(variable, setting.key) &&
         variable.size() == variable_prefix.size() + setting.key.size();
}

bool begins_with_key(std::string_view variable, std::string_view key) noexcept {
  if (!variable.starts_with(variable_prefix))
    return false;
  const auto path = variable.substr(variable_prefix.size());
  return std::ranges::equal(path.substr(0, key.size()), key, {}, {}, in_variable) &&
         (path.size() == key.size() || path[key.size()] == '_');
}

std::string type_of(const row& setting) {
  const auto& holds = setting.holds;
  return holds.choices.empty() ? std::string{holds.type} : in_braces(holds.choices);
}

std::string needed_for(const row& setting) {
  const auto& holds = setting.holds;
  if (holds.is_switch())
    return "true or false";
  if (holds.choices.empty())
    return std::string{needed_for(holds.type)};
  const auto braced = in_braces(holds.choices);
  return "one of " + braced.substr(1, braced.size() - 2);
}

std::string default_of(const row& setting) {
  if (!setting.fallback.empty())
    return std::string{setting.fallback};
  static const settings untouched;
  auto shown = setting.holds.show(untouched, setting.holds);
  if (setting.holds.is_switch())
    return shown == setting.holds.flag_says ? "on" : "off";
  return shown;
}

} // namespace gantry::config
