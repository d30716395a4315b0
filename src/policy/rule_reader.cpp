#include "policy/rule_reader.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "policy/reader.hpp"
#include "yaml/keys.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::policy {

namespace {

constexpr std::string_view everything = "*";

struct rule_draft {
  explicit rule_draft(file_draft& around) : file{around} {}

  file_draft& file;
  rule read;
  const yaml::node* effect = nullptr;
  const yaml::node* repositories = nullptr;
  bool all_actions = false;
};

/// A user, a group, or the name or value of a claim.
const std::string& read_name(const yaml::node& item, const std::string& key,
                             const std::string& what) {
  const auto& text = yaml::text_of(item, key, what);
  if (text.empty() || std::ranges::any_of(text, is_control))
    throw yaml::mistake{item.at, key + ": this is not a name: write " + what};
  if (text.find('*') != std::string::npos)
    throw yaml::mistake{item.at, key + ": '" + excerpt(text) +
                                   "' is a pattern, but names are compared as a whole: write " +
                                   what};
  return text;
}

void refuse_empty(const yaml::node& value, bool is_empty) {
  if (is_empty)
    yaml::refuse(value, "the list is empty: leave the key out");
}

void read_rule_name(rule_draft& into, const yaml::node& value) {
  into.read.name = read_name(value, value.key, "a text that messages show");
  if (!into.file.names.insert(into.read.name).second)
    yaml::refuse(value, "another rule has the name '" + excerpt(into.read.name) + "'");
}

void add_action(rule_draft& into, const yaml::node& item, const std::string& key) {
  const auto& text = yaml::text_of(item, key, "an action, such as pull");
  if (text == everything) {
    into.all_actions = true;
    return;
  }
  const auto known = find_action(text);
  if (known)
    return into.read.actions.add(*known);
  const auto begin = key + ": '" + excerpt(text) + "' is not an action";
  if (const auto meant = nearest(text, action_names()); !meant.empty())
    throw yaml::mistake{item.at, begin + "; did you mean '" + std::string{meant} + "'?"};
  throw yaml::mistake{item.at,
                      begin + ": write pull, push, delete, catalog, metrics, admin or \"*\""};
}

void read_effect(rule_draft& into, const yaml::node& value) {
  if (into.effect)
    throw yaml::mistake{value.key_at, "a rule either allows or denies: write two rules"};
  into.effect = &value;
  into.read.denies = value.key == "deny";
  const auto items = yaml::items_of(value, "one, such as [pull, push]");
  refuse_empty(value, items.empty());
  for (const auto& item : items)
    add_action(into, item, value.key);
}

void read_repositories(rule_draft& into, const yaml::node& value) {
  into.repositories = &value;
  for (const auto& item : yaml::items_of(value, "one, such as [team/app, \"team/**\"]")) {
    const auto& text = yaml::text_of(item, value.key, "the name of a repository, or \"team/**\"");
    into.read.repositories.push_back(
      yaml::reading(item, value.key, [&] { return repository_pattern::parse(text); }));
    if (++into.file.patterns > max_patterns)
      throw yaml::mistake{item.at, "from here on there are more than " +
                                     std::to_string(max_patterns) + " repositories"};
  }
  refuse_empty(value, into.read.repositories.empty());
}

void read_users(rule_draft& into, const yaml::node& value) {
  const auto items = yaml::items_of(value, "one, such as [alice, bob]");
  refuse_empty(value, items.empty());
  if (items.size() == 1 && items.front().text == everything)
    into.read.any_user = true;
  else
    into.read.users = read_names(value, "the name of a user, or \"*\" alone for all");
}

void read_groups_of_rule(rule_draft& into, const yaml::node& value) {
  into.read.groups = read_names(value, "the name of a group");
  refuse_empty(value, into.read.groups.empty());
  for (const auto& item : yaml::items_of(value, ""))
    into.file.named_groups.push_back({item.text, item.at});
}

void read_claims(rule_draft& into, const yaml::node& value) {
  if (value.kind != yaml::node_kind::map || value.items.empty())
    yaml::refuse(value, "write a map from names to values, such as {project: team/app}");
  for (const auto& each : value.items)
    into.read.claims[each.key] = read_names(each, "the value of a claim");
  for (const auto& each : value.items)
    refuse_empty(each, into.read.claims[each.key].empty());
}

void read_anonymous(rule_draft& into, const yaml::node& value) {
  if (yaml::text_of(value, value.key, "true, or leave the key out") != "true")
    yaml::refuse(value, "write true, or leave the key out");
  into.read.anonymous = true;
}

constexpr std::array<yaml::key_row<rule_draft>, 8> rule_keys{{
  {"allow", read_effect},
  {"anonymous", read_anonymous},
  {"claims", read_claims},
  {"deny", read_effect},
  {"groups", read_groups_of_rule},
  {"name", read_rule_name},
  {"repositories", read_repositories},
  {"users", read_users},
}};

bool has_subject(const rule& read) {
  return read.anonymous || read.any_user || !read.users.empty() || !read.groups.empty() ||
         !read.claims.empty();
}

/// `*` means what the rest of the rule is about: with repositories, all that is done in them; so
/// no rule on a folder makes administrators. Without, everything everywhere.
void take_all_actions(rule& read) {
  if (!read.repositories.empty()) {
    read.actions = action_set::in_repositories();
    return;
  }
  read.actions = action_set::all();
  read.repositories.push_back(repository_pattern::parse("**"));
}

void check_actions(const rule_draft& from, yaml::place at) {
  for (const auto name : action_names()) {
    const auto what = find_action(name).value();
    if (!from.read.actions.has(what))
      continue;
    if (is_in_repository(what) && !from.repositories)
      throw yaml::mistake{at, std::string{name} +
                                " is about repositories: write which, such as "
                                "'repositories: [\"team/**\"]', or \"**\" for all"};
    if (!is_in_repository(what) && from.repositories)
      throw yaml::mistake{from.repositories->key_at,
                          std::string{name} + " is about the whole registry: write a rule of its "
                                              "own, without 'repositories'"};
  }
}

} // namespace

std::vector<std::string> read_names(const yaml::node& value, const std::string& what) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (const auto& item : yaml::items_of(value, "one, such as [alice, bob]")) {
    names.push_back(read_name(item, value.key, what));
    if (!seen.insert(item.text).second)
      throw yaml::mistake{item.at,
                          value.key + ": '" + excerpt(item.text) + "' stands here a second time"};
  }
  return names;
}

rule read_rule(file_draft& file, const yaml::node& value) {
  if (value.kind != yaml::node_kind::map)
    throw yaml::mistake{value.at, "this is not a rule: write its keys, such as 'allow: pull'"};
  rule_draft draft{file};
  draft.read.line = value.at.line;
  yaml::read_keys(value, rule_keys, draft, "a rule");
  if (!draft.effect)
    throw yaml::mistake{value.at, "this rule says nothing: write 'allow:' or 'deny:' and actions"};
  if (!has_subject(draft.read))
    throw yaml::mistake{value.at, "this rule names no subject: write 'users:', 'groups:', "
                                  "'claims:' or 'anonymous: true'"};
  if (draft.all_actions)
    take_all_actions(draft.read);
  else
    check_actions(draft, value.at);
  return std::move(draft.read);
}

} // namespace gantry::policy
