#include "retention/reader.hpp"

#include "base/text.hpp"
#include "config/values.hpp"
#include "yaml/keys.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <span>
#include <string>
#include <utility>

namespace gantry::retention {

namespace {

using yaml::mistake;
using yaml::node;
using yaml::node_kind;

constexpr std::string_view repositories_needed = "a list of patterns, such as [team/*]";
constexpr std::string_view tags_needed = "a list of patterns, such as ['v1.*', latest]";
constexpr std::string_view duration_needed = "a duration, such as 30d";
constexpr std::string_view count_needed = "a whole number, such as 10";
constexpr std::string_view keep_needed = "a map, such as {lastpushed: 10, pulledwithin: 30d}";
constexpr std::string_view versions_needed = "a map, such as {major: 2, minor: 3, patch: 1}";

struct rule_draft {
  rule read;
  /// The names of all rules.
  std::set<std::string>& names;
};

std::string path_of(std::string_view section, std::string_view key = {}) {
  auto path = std::string{rules_key};
  for (const auto part : {section, key})
    if (!part.empty())
      path.append(".").append(part);
  return path;
}

[[noreturn]] void refuse_value(const node& value, const std::string& path,
                               std::string_view needed) {
  if (value.kind == node_kind::nothing)
    throw mistake{value.key_at, concat(path, " is empty: leave it out, or write ").append(needed)};
  throw mistake{value.at, concat(path, ": write ").append(needed)};
}

const std::string& text_in(const node& value, const std::string& path, std::string_view needed) {
  if (value.kind != node_kind::text)
    refuse_value(value, path, needed);
  return value.text;
}

void demand_map(const node& value, const std::string& path, std::string_view needed) {
  if (value.kind != node_kind::map || value.items.empty())
    refuse_value(value, path, needed);
}

/// A list, or one pattern alone.
pattern_list read_patterns(const node& value, const std::string& path, std::string_view needed,
                           name_pattern (*parse)(std::string_view)) {
  const bool is_list = value.kind == node_kind::list;
  if (is_list && value.items.empty())
    throw mistake{value.at, concat(path, ": the list is empty: write ").append(needed)};
  pattern_list read;
  for (const auto& each : is_list ? std::span{value.items} : std::span{&value, 1}) {
    const auto& text = text_in(each, path, needed);
    read.push_back(yaml::reading(each, path, [&] { return parse(text); }));
  }
  return read;
}

pattern_list read_tag_patterns(const node& value, std::string_view section = {}) {
  return read_patterns(value, path_of(section, value.key), tags_needed, name_pattern::of_tags);
}

std::size_t read_number(const node& value, std::string_view section, std::size_t least) {
  const auto path = path_of(section, value.key);
  const auto& text = text_in(value, path, count_needed);
  return yaml::reading(value, path, [&] {
    return config::read_count(text, {least, max_count}, 10);
  });
}

std::chrono::milliseconds read_time(const node& value, std::string_view section) {
  const auto path = path_of(section, value.key);
  const auto& text = text_in(value, path, duration_needed);
  return yaml::reading(value, path,
                       [&] { return config::read_duration(text, std::chrono::milliseconds{1}); });
}

constexpr std::string_view versions_section = "keep.versions";

template <std::size_t version_limits::*Member, std::size_t Least>
void read_limit(version_limits& into, const node& value) {
  into.*Member = read_number(value, versions_section, Least);
}

constexpr std::array<yaml::key_row<version_limits>, 4> version_keys{{
  {"major", read_limit<&version_limits::major, 1>},
  {"minor", read_limit<&version_limits::minor, 1>},
  {"patch", read_limit<&version_limits::patch, 1>},
  {"prereleases", read_limit<&version_limits::prereleases, 0>},
}};

constexpr std::string_view keep_section = "keep";

template <std::size_t keep_list::*Member>
void read_last(keep_list& into, const node& value) {
  into.*Member = read_number(value, keep_section, 1);
}

template <std::chrono::milliseconds keep_list::*Member>
void read_within(keep_list& into, const node& value) {
  into.*Member = read_time(value, keep_section);
}

void read_matching(keep_list& into, const node& value) {
  into.matching = read_tag_patterns(value, keep_section);
}

void read_versions(keep_list& into, const node& value) {
  const auto path = path_of(versions_section);
  demand_map(value, path, versions_needed);
  yaml::read_keys(value, version_keys, into.versions.emplace(), path);
}

constexpr std::array<yaml::key_row<keep_list>, 6> keep_keys{{
  {"lastpulled", read_last<&keep_list::last_pulled>},
  {"lastpushed", read_last<&keep_list::last_pushed>},
  {"matching", read_matching},
  {"pulledwithin", read_within<&keep_list::pulled_within>},
  {"pushedwithin", read_within<&keep_list::pushed_within>},
  {"versions", read_versions},
}};

void read_keep(rule_draft& into, const node& value) {
  const auto path = path_of(keep_section);
  demand_map(value, path, keep_needed);
  yaml::read_keys(value, keep_keys, into.read.keep, path);
}

void read_rule_name(rule_draft& into, const node& value) {
  const auto path = path_of(value.key);
  const auto& text = text_in(value, path, "a name, such as nightly");
  if (text.empty() || std::ranges::any_of(text, is_control))
    refuse_value(value, path, "a name of one line, such as nightly");
  if (!into.names.insert(text).second)
    throw mistake{value.at, path + ": another rule has the name " + in_quotes(excerpt(text))};
  into.read.name = text;
}

constexpr std::array<yaml::key_row<rule_draft>, 5> rule_keys{{
  {"except",
   [](rule_draft& into, const node& value) { into.read.except = read_tag_patterns(value); }},
  {"keep", read_keep},
  {"name", read_rule_name},
  {"repositories",
   [](rule_draft& into, const node& value) {
     into.read.repositories =
       read_patterns(value, path_of(value.key), repositories_needed, name_pattern::of_repositories);
   }},
  {"tags", [](rule_draft& into, const node& value) { into.read.tags = read_tag_patterns(value); }},
}};

rule read_rule(const node& value, std::set<std::string>& names) {
  const auto path = path_of({});
  if (value.kind != node_kind::map)
    throw mistake{value.at, path + ": this is not a rule: write its keys, such as 'repositories:' "
                                   "and 'keep:'"};
  rule_draft draft{{.line = value.at.line}, names};
  yaml::read_keys(value, rule_keys, draft, path);
  if (draft.read.repositories.empty())
    throw mistake{value.at, path + ": this rule names no repositories: write 'repositories:' and " +
                              std::string{repositories_needed} + ", or ['*'] for all"};
  if (draft.read.keep.empty())
    throw mistake{value.at, path +
                              ": this rule keeps nothing, so it would remove all tags: write "
                              "'keep:' and " +
                              std::string{keep_needed}};
  return std::move(draft.read);
}

} // namespace

rule_list read_rules(const node& list) {
  rule_list read;
  if (list.kind == node_kind::nothing)
    return read;
  const auto path = path_of({});
  if (list.kind != node_kind::list)
    throw mistake{list.at, path + ": this is not a list of rules: write one such as "
                                  "[{repositories: team/*, keep: {lastpushed: 10}}]"};
  if (list.items.size() > max_rules)
    throw mistake{list.at, path + ": there are more than " + std::to_string(max_rules) + " rules"};
  std::set<std::string> names;
  for (const auto& each : list.items)
    read.push_back(read_rule(each, names));
  return read;
}

std::vector<std::string> keys_of_rules() {
  std::vector<std::string> keys;
  const auto add = [&](std::string_view section, const auto& rows) {
    for (const auto& row : rows)
      keys.push_back(section.empty() ? std::string{row.name}
                                     : concat(section, ".").append(row.name));
  };
  add({}, rule_keys);
  add(keep_section, keep_keys);
  add(versions_section, version_keys);
  std::ranges::sort(keys);
  return keys;
}

} // namespace gantry::retention
