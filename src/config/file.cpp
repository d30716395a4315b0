#include "config/file.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "config/endpoint_reader.hpp"
#include "config/quota_reader.hpp"
#include "config/retention_rules.hpp"
#include "config/table.hpp"
#include "config/unsupported.hpp"
#include "retention/reader.hpp"
#include "yaml/keys.hpp"
#include "yaml/reader.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gantry::config {

namespace {

using yaml::mistake;
using yaml::node;
using yaml::node_kind;

constexpr std::string_view version_key = "version";
constexpr std::string_view storage_key = "storage";
constexpr std::string_view login_key = "auth";

/// What stands below `storage` beside the kind of storage.
constexpr std::array<std::string_view, 5> not_kinds{"cache", "delete", "maintenance", "redirect",
                                                    "tag"};

std::string below(std::string_view section, std::string_view key) {
  return section.empty() ? std::string{key} : concat(section, ".").append(key);
}

bool is_within(std::string_view key, std::string_view section) {
  return key.size() > section.size() && key.starts_with(section) && key[section.size()] == '.';
}

bool is_section(std::string_view key) {
  if (is_within(endpoints_key, key) || is_within(quotas_key, key))
    return true;
  return std::ranges::any_of(table(), [key](const row& each) { return is_within(each.key, key); });
}

/// The words that may follow `section`.
std::vector<std::string_view> words_below(std::string_view section) {
  std::set<std::string_view> words;
  const auto add = [&](std::string_view key) {
    if (!section.empty() && !is_within(key, section))
      return;
    const auto rest = key.substr(section.empty() ? 0 : section.size() + 1);
    words.insert(rest.substr(0, rest.find('.')));
  };
  for (const auto& each : table())
    add(each.key);
  add(endpoints_key);
  add(quotas_key);
  add(retention::rules_key);
  for (const auto& each : all_unsupported())
    add(each.key);
  return {words.begin(), words.end()};
}

[[noreturn]] void refuse_key(const node& at, std::string_view section) {
  auto reason = "'" + excerpt(at.key) + "' is not a key" +
                (section.empty() ? std::string{} : concat(" of ", section));
  const auto words = words_below(section);
  auto meant = std::string{nearest(at.key, words)};
  if (meant.empty()) { // perhaps in another section; short keys are the common ones
    const auto path = below(section, at.key);
    std::vector<std::string_view> keys;
    for (const auto& each : table()) {
      keys.push_back(each.key);
      if (each.key.ends_with(concat(".", at.key)) &&
          (meant.empty() || each.key.size() < meant.size()))
        meant = each.key;
    }
    if (meant.empty())
      meant = nearest(path, keys);
  }
  if (!meant.empty())
    throw mistake{at.key_at, reason + "; did you mean '" + meant + "'?"};
  throw mistake{at.key_at, reason + ": see docs/configuration.md"};
}

class file_reader {
public:
  file_reader(draft& into, const std::string& name, const environment& variables)
    : into_{into}, name_{name}, variables_{variables} {}

  void read(const node& root) {
    if (root.kind != node_kind::map)
      throw mistake{root.at, "this is not a map of settings: begin with 'version: 0.1'"};
    check_version(root);
    read_section(root, {});
  }

private:
  static void check_version(const node& root) {
    const auto found = std::ranges::find(root.items, version_key, &node::key);
    if (found == root.items.end())
      throw mistake{root.at, "the version is missing: begin with 'version: 0.1'"};
    if (found->text != file_version)
      throw mistake{found->at, "version: '" + excerpt(found->text) +
                                 "' is not a version of this file: write 0.1"};
  }

  void read_section(const node& map, const std::string& section) {
    for (const auto& each : map.items)
      if (!section.empty() || each.key != version_key)
        read_key(each, section);
  }

  void read_key(const node& value, const std::string& section) {
    const auto key = below(section, value.key);
    note_kind(value, section);
    if (const auto* setting = find_key(key))
      return read_setting(value, *setting);
    if (key == endpoints_key)
      return read_endpoints(into_.endpoints(), value, locating());
    if (key == quotas_key)
      return read_quotas(into_.quotas(), value, locating());
    if (key == retention::rules_key)
      return read_rule_list(value);
    if (section.empty() && (key == storage_key || key == login_key) &&
        value.kind == node_kind::text)
      return choose(key, value.text, value);
    if (is_section(key))
      return enter(value, key);
    if (section == storage_key && value.key == "inmemory")
      return;
    if (const auto* known = find_unsupported(key))
      return explain(*known, value, key);
    refuse_key(value, section);
  }

  void enter(const node& value, const std::string& key) {
    if (value.kind == node_kind::map)
      return read_section(value, key);
    if (value.kind != node_kind::nothing)
      throw mistake{value.at, key + ": this is not a map of settings"};
  }

  /// A key of `storage` or `auth` also says which kind of these is meant.
  void note_kind(const node& value, std::string_view section) {
    if (section == login_key)
      choose(section, value.key, value);
    else if (section == storage_key && std::ranges::find(not_kinds, value.key) == not_kinds.end())
      choose(section, value.key, value);
  }

  void choose(std::string_view section, const std::string& kind, const node& at) {
    const auto place = at.key_at;
    const auto path = below(section, kind);
    if (kind != "none" && kind != "inmemory" && !is_section(path) && !find_unsupported(path)) {
      auto named = at;
      named.key = kind;
      refuse_key(named, section);
    }
    yaml::reading(place, std::string{section}, [&] {
      if (section == storage_key)
        into_.choose_storage(kind, origin_of(place));
      else
        into_.choose_login(kind, origin_of(place));
    });
  }

  void explain(const unsupported& known, const node& value, const std::string& key) {
    if (known.if_ignored == loss::none && !known.instead.empty())
      into_.warn(origin_of(value.key_at).name + ": " + key +
                 " is not supported and has no effect: " + std::string{known.instead});
  }

  void read_setting(const node& value, const row& setting) {
    if (setting.holds.is_map && value.kind == node_kind::map)
      return read_fields(value, setting);
    if (setting.holds.is_list() && value.kind == node_kind::list)
      return read_items(value, setting);
    if (value.kind == node_kind::nothing)
      throw mistake{value.key_at, std::string{setting.key} + " is empty: leave it out, or write " +
                                    needed_for(setting)};
    set(setting, text_of(value, setting), value);
  }

  std::function<located_text(const node&)> locating() const {
    return [this](const node& value) {
      located_text found{variables_.expand(value.text), origin_of(value.at)};
      if (found.text != value.text)
        found.where.shown = value.text;
      return found;
    };
  }

  void read_rule_list(const node& list) {
    into_.set_rules(
      read_retention_rules(list, {.from = source::file, .name = name_},
                           [this](const std::string& text) { return variables_.expand(text); }));
  }

  void read_items(const node& list, const row& setting) {
    if (list.items.empty() && setting.holds.may_be_empty)
      set(setting, {}, list);
    for (const auto& each : list.items)
      set(setting, text_of(each, setting), each);
  }

  /// `X-Content-Type-Options: [nosniff]`: several values of a name become one field.
  void read_fields(const node& map, const row& setting) {
    for (const auto& field : map.items) {
      std::string values;
      if (field.kind == node_kind::list)
        for (const auto& each : field.items)
          values.append(values.empty() ? "" : ", ").append(text_of(each, setting));
      else
        values = text_of(field, setting);
      set(setting, concat(field.key, ": ").append(values), field);
    }
  }

  static const std::string& text_of(const node& value, const row& setting) {
    if (value.kind != node_kind::text)
      throw mistake{value.at, std::string{setting.key} + ": this is not a text: write " +
                                needed_for(setting)};
    return value.text;
  }

  void set(const row& setting, const std::string& text, const node& at) {
    yaml::reading(at, std::string{setting.key}, [&] {
      const auto expanded = variables_.expand(text);
      auto where = origin_of(at.at);
      if (expanded != text)
        where.shown = text;
      if (expanded.empty() && !setting.holds.may_be_empty)
        throw std::invalid_argument{"this is empty: write " + needed_for(setting)};
      into_.set(setting, expanded, where);
    });
  }

  origin origin_of(yaml::place at) const {
    return {source::file, name_ + ":" + std::to_string(at.line)};
  }

  draft& into_;
  const std::string& name_;
  const environment& variables_;
};

} // namespace

void read_file(draft& into, const std::string& name, std::string_view text,
               const environment& variables) {
  into.assume_distribution();
  try {
    file_reader{into, name, variables}.read(yaml::read(text));
  } catch (const std::invalid_argument& wrong) {
    throw std::invalid_argument{name + ": " + wrong.what()};
  }
}

} // namespace gantry::config
