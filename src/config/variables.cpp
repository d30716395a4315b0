#include "config/variables.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "config/endpoint_reader.hpp"
#include "config/quota_reader.hpp"
#include "config/retention_rules.hpp"
#include "config/table.hpp"
#include "config/texts.hpp"
#include "config/unsupported.hpp"
#include "retention/reader.hpp"
#include "yaml/reader.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::config {

namespace {

constexpr std::string_view storage_variable = "REGISTRY_STORAGE";
constexpr std::string_view login_variable = "REGISTRY_AUTH";

struct variable {
  /// As it was set.
  std::string_view name;
  /// In upper case.
  std::string upper;
  std::string_view value;
};

std::string to_upper(std::string_view text) {
  std::string upper{text};
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

variable parts_of(std::string_view entry) {
  const auto name = entry.substr(0, entry.find('='));
  return {name, to_upper(name), entry.substr(std::min(name.size() + 1, entry.size()))};
}

std::string_view take_item(std::string_view& list, char separator) {
  const auto item = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(item.size() + 1, list.size()));
  return trim(item);
}

bool is_yaml_list(std::string_view text) {
  return text.starts_with('[') && text.ends_with(']');
}

std::vector<std::string> yaml_items(std::string_view text) {
  std::vector<std::string> items;
  for (const auto& each : yaml::read(text).items) {
    if (each.kind != yaml::node_kind::text)
      throw std::invalid_argument{"this is not a list of texts: write one such as [a, b]"};
    items.push_back(each.text);
  }
  return items;
}

/// The items that a variable lists. An address such as `[::1]:80` is not in brackets as a whole.
std::vector<std::string> items_of(const value& holds, std::string_view text) {
  if (is_yaml_list(text))
    return yaml_items(text);
  std::vector<std::string> items;
  while (!text.empty())
    if (const auto item = take_item(text, holds.separator); !item.empty())
      items.emplace_back(item);
  return items;
}

void read_whole(draft& into, const row& setting, std::string_view text, const origin& where) {
  const auto& holds = setting.holds;
  if (into.is_overridden(setting, where.from))
    return;
  if (text.empty() && !holds.may_be_empty)
    throw std::invalid_argument{where.name + " is empty: unset it, or set it to " +
                                needed_for(setting)};
  naming(where.name, [&] {
    if (!holds.is_list() || text.empty())
      return into.set(setting, text, where);
    for (const auto& item : items_of(holds, text))
      into.set(setting, item, where);
  });
}

/// What follows the variable of `setting`: `0` for the first item.
std::string_view rest_of(const row& setting, std::string_view upper) {
  return upper.substr(variable_of(setting).size() + 1);
}

const row* list_of(std::string_view upper) {
  const auto found = std::ranges::find_if(table(), [upper](const row& each) {
    return each.holds.is_list() && begins_with_key(upper, each.key);
  });
  return found == table().end() ? nullptr : &*found;
}

/// A list's item by its number; a file that was read earlier may have given the others.
bool read_item(draft& into, const row& setting, const variable& given) {
  const auto index = whole_number(rest_of(setting, given.upper));
  if (!index)
    return false;
  naming(given.name, [&] {
    into.set_item(setting, *index, given.value, {source::environment, std::string{given.name}});
  });
  return true;
}

void read_field(draft& into, const row& setting, const variable& given) {
  const auto name = given.name.substr(given.name.size() - rest_of(setting, given.upper).size());
  std::string values;
  const auto list =
    is_yaml_list(given.value) ? yaml_items(given.value) : std::vector{std::string{given.value}};
  for (const auto& each : list)
    values.append(values.empty() ? "" : ", ").append(each);
  naming(given.name, [&] {
    into.set(setting, concat(name, ": ").append(values),
             {source::environment, std::string{given.name}});
  });
}

/// Whether the variable names a file with the value of a setting.
bool read_from_file(draft& into, const environment& all, const variable& given) {
  if (!given.upper.ends_with(file_suffix))
    return false;
  const auto name = given.upper.substr(0, given.upper.size() - file_suffix.size());
  const auto* setting = find_variable(name);
  if (!setting)
    return false;
  const auto text = all.find_secret(name);
  read_whole(into, *setting, text.value_or(""),
             {source::environment, given.upper, concat("content of ", given.upper)});
  return true;
}

/// Removes `part` and the underscore that follows it, if the text begins so.
bool take_word(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part) || (text.size() > part.size() && text[part.size()] != '_'))
    return false;
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return true;
}

/// The field that a variable of an endpoint or a quota begins with; `rest` loses its name.
template <class Field>
const Field* take_field(std::span<const Field> fields, std::string_view& rest) {
  for (const auto& each : fields) {
    auto word = to_upper(each.key);
    std::ranges::replace(word, '.', '_');
    if (take_word(rest, word))
      return &each;
  }
  return nullptr;
}

/// The value, or what the file holds that a variable with `_FILE` at its end names; `rest` loses
/// that ending.
located_text value_of(const environment& all, const variable& given, std::string_view& rest) {
  located_text found{std::string{given.value}, {source::environment, std::string{given.name}}};
  const bool is_file = rest == file_suffix.substr(1) || rest.ends_with(file_suffix);
  if (!is_file)
    return found;
  rest.remove_suffix(std::min(rest.size(), file_suffix.size()));
  const auto name = given.name.substr(0, given.name.size() - file_suffix.size());
  found.text = all.find_secret(std::string{name}).value_or("");
  found.where.shown = concat("content of ", given.name);
  return found;
}

std::vector<std::string> texts_of(const endpoint_field& field, const std::string& text) {
  if (field.kind == field_kind::text)
    return {text};
  if (is_yaml_list(text))
    return yaml_items(text);
  if (field.kind == field_kind::map)
    return {text};
  std::vector<std::string> items;
  for (const auto item : split(text, ','))
    items.emplace_back(trim(item));
  return items;
}

/// Removes the number of an item and the underscore behind it.
std::optional<std::size_t> take_index(std::string_view& rest) {
  const auto digits = rest.substr(0, rest.find('_'));
  const auto index = whole_number(digits);
  if (!index || rest.size() == digits.size())
    return std::nullopt;
  rest.remove_prefix(digits.size() + 1);
  return index;
}

/// `REGISTRY_NOTIFICATIONS_ENDPOINTS_0_URL`, and `…_0_HEADERS_AUTHORIZATION`. False if it is none.
bool read_endpoint_field(draft& into, const environment& all, const variable& given,
                         std::string_view rest) {
  const auto index = take_index(rest);
  const auto* field = index ? take_field(endpoint_fields(), rest) : nullptr;
  if (!field)
    return false;
  naming(given.name, [&] {
    auto value = value_of(all, given, rest);
    if (rest.empty() == (field->kind == field_kind::map) || value.text.empty())
      throw std::invalid_argument{concat("write ", field->needed)};
    // As it was written: names of fields keep their case.
    const auto name =
      field->kind == field_kind::map
        ? concat(given.name.substr(static_cast<std::size_t>(rest.data() - given.upper.data()),
                                   rest.size()),
                 ": ")
        : std::string{};
    if (!value.where.shown.empty())
      value.where.shown.insert(0, name);
    for (const auto& each : texts_of(*field, value.text))
      into.endpoints().set(*index, *field, name + each, value.where);
  });
  return true;
}

/// `REGISTRY_GANTRY_QUOTAS_0_BYTES`. False if it is none.
bool read_quota_field(draft& into, const environment& all, const variable& given,
                      std::string_view rest) {
  const auto index = take_index(rest);
  const auto* field = index ? take_field(quota_fields(), rest) : nullptr;
  if (!field)
    return false;
  naming(given.name, [&] {
    const auto value = value_of(all, given, rest);
    if (!rest.empty() || value.text.empty())
      throw std::invalid_argument{concat("write ", field->needed)};
    into.quotas().set(*index, *field, value.text, value.where);
  });
  return true;
}

/// What follows the variable of a list of structures; absent if this is no variable of the list.
std::optional<std::string_view> rest_behind(const variable& given, std::string_view key) {
  if (!begins_with_key(given.upper, key))
    return std::nullopt;
  return std::string_view{given.upper}.substr(variable_prefix.size() + key.size());
}

/// Reads a variable that holds the whole list, by `read_list(into, list, locate)`.
template <class List>
void read_all(List& into, const variable& given,
              void (*read_list)(List&, const yaml::node&,
                                const std::function<located_text(const yaml::node&)>&)) {
  naming(given.name, [&] {
    read_list(into, yaml::read(given.value), [&](const yaml::node& value) {
      return located_text{value.text, {source::environment, std::string{given.name}}};
    });
  });
}

/// Whether the variable is one of the quotas, all of them or a field of one.
bool read_quota(draft& into, const environment& all, const variable& given) {
  const auto rest = rest_behind(given, quotas_key);
  if (!rest)
    return false;
  if (rest->empty())
    read_all(into.quotas(), given, read_quotas);
  else if (!read_quota_field(into, all, given, rest->substr(1)))
    into.warn(concat(given.name, " has no effect: it names no key of a quota, such as "
                                 "REGISTRY_GANTRY_QUOTAS_0_BYTES"));
  return true;
}

/// Whether the variable is one of the endpoints of webhooks, all of them or a field of one.
bool read_endpoint(draft& into, const environment& all, const variable& given) {
  const auto rest = rest_behind(given, endpoints_key);
  if (!rest)
    return false;
  if (rest->empty()) {
    read_all(into.endpoints(), given, read_endpoints);
    return true;
  }
  if (!read_endpoint_field(into, all, given, rest->substr(1)))
    into.warn(concat(given.name, " has no effect: it names no key of an endpoint, such as "
                                 "REGISTRY_NOTIFICATIONS_ENDPOINTS_0_URL"));
  return true;
}

/// Whether the variable is that of the rules of retention, which holds all of them, or begins like
/// it.
bool read_rules_variable(draft& into, const variable& given) {
  if (!begins_with_key(given.upper, retention::rules_key))
    return false;
  if (given.upper.size() > variable_prefix.size() + retention::rules_key.size()) {
    into.warn(concat(given.name, " has no effect: REGISTRY_GANTRY_RETENTION_RULES holds all rules, "
                                 "as a list of YAML"));
    return true;
  }
  naming(given.name, [&] {
    into.set_rules(read_retention_rules(
      yaml::read(given.value), {.from = source::environment, .name = std::string{given.name}}));
  });
  return true;
}

void explain_unsupported(draft& into, const unsupported& known, std::string_view name) {
  const origin where{source::environment, std::string{name}};
  if (known.if_ignored == loss::login)
    return into.choose_login(known.key.substr(known.key.find('.') + 1), where);
  if (!known.instead.empty())
    into.warn(std::string{name} +
              " is not supported and has no effect: " + std::string{known.instead});
}

/// Other programs use variables that begin with REGISTRY_ too, so only distribution's settings and
/// near misses are reported. They are no errors: a start that worked with distribution has to work.
void explain(draft& into, const variable& given) {
  if (const auto* known = find_unsupported_variable(given.upper))
    return explain_unsupported(into, *known, given.name);
  std::vector<std::string> names;
  for (const auto& each : table())
    names.push_back(variable_of(each).substr(variable_prefix.size()));
  const std::vector<std::string_view> candidates{names.begin(), names.end()};
  const auto meant =
    nearest(std::string_view{given.upper}.substr(variable_prefix.size()), candidates);
  if (!meant.empty())
    into.warn(std::string{given.name} + " has no effect; did you mean " +
              std::string{variable_prefix} + std::string{meant} + "?");
}

void read(draft& into, const environment& all, const variable& given) {
  const origin where{source::environment, std::string{given.name}};
  if (given.upper == storage_variable && !given.value.empty())
    return into.choose_storage(given.value, where);
  if (given.upper == login_variable && !given.value.empty())
    return into.choose_login(given.value, where);
  if (given.upper == path_variable || given.upper == storage_variable ||
      given.upper == login_variable)
    return;
  if (read_endpoint(into, all, given) || read_quota(into, all, given) ||
      read_rules_variable(into, given))
    return;
  if (const auto* setting = find_variable(given.upper))
    return read_whole(into, *setting, given.value, where);
  if (const auto* list = list_of(given.upper)) {
    if (list->holds.is_map)
      return read_field(into, *list, given);
    if (read_item(into, *list, given))
      return;
  }
  if (!read_from_file(into, all, given))
    explain(into, given);
}

} // namespace

void read_variables(draft& into, const environment& all) {
  std::vector<variable> found;
  for (const auto* each = all.entries(); *each; ++each)
    if (auto given = parts_of(*each); given.upper.starts_with(variable_prefix))
      found.push_back(std::move(given));
  // A section before its settings, and a list before its items, whatever order they are set in.
  // Items by their number: `_2` before `_10`.
  std::ranges::sort(found, [](const variable& left, const variable& right) {
    return std::pair{left.upper.size(), std::string_view{left.upper}} <
           std::pair{right.upper.size(), std::string_view{right.upper}};
  });
  for (const auto& each : found)
    read(into, all, each);
}

} // namespace gantry::config
