#include "policy/grant_list.hpp"

#include "base/text.hpp"
#include "domain/repository_name.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>

namespace gantry::policy {

namespace {

constexpr std::string_view every_action = "*";
constexpr std::string_view expected =
  "write repository:NAME:ACTIONS, such as repository:team/app:pull,push, or registry:catalog:*";

struct scope_parts {
  std::string_view type;
  std::string_view name;
  std::vector<std::string_view> actions;
};

/// `type:name:actions`. A name may hold colons, and a type its class: `repository(plugin)`.
std::optional<scope_parts> take_apart(std::string_view scope) {
  const auto first = scope.find(':');
  const auto last = scope.rfind(':');
  if (first == last) // also if there is none
    return std::nullopt;
  const auto type = scope.substr(0, first);
  return scope_parts{type.substr(0, type.find('(')), scope.substr(first + 1, last - first - 1),
                     split(scope.substr(last + 1), ',')};
}

/// Actions of repositories that are known here.
action_set actions_of(const std::vector<std::string_view>& words) {
  action_set found;
  for (const auto word : words) {
    if (word == every_action)
      return action_set::in_repositories();
    if (const auto known = find_action(word); known && is_in_repository(*known))
      found.add(*known);
  }
  return found;
}

std::optional<repository_pattern> pattern_of(std::string_view name, grant_list::names are) {
  if (are == grant_list::names::exact && !repository_name::parse(name))
    return std::nullopt;
  try {
    return repository_pattern::parse(name);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::string joined(action_set what, std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words)
    if (what.has(*find_action(word)))
      text.append(text.empty() ? "" : ",").append(word);
  return text;
}

void check_actions(const std::vector<std::string_view>& words) {
  if (words.empty())
    throw std::invalid_argument{"it names no action: pull, push, delete or *"};
  for (const auto word : words)
    if (word != every_action && actions_of({word}) == action_set{})
      throw std::invalid_argument{"'" + excerpt(word) +
                                  "' is no action in a repository: pull, push, delete or *"};
}

void check(const scope_parts& scope) {
  if (scope.type == "repository") {
    check_actions(scope.actions);
    repository_pattern::parse(scope.name);
    return;
  }
  if (scope.type != "registry")
    throw std::invalid_argument{std::string{expected}};
  const auto known = find_action(scope.name);
  if (!known || is_in_repository(*known))
    throw std::invalid_argument{"the registry has the scopes registry:catalog:*, "
                                "registry:metrics:* and registry:admin:*"};
  if (scope.actions != std::vector{every_action})
    throw std::invalid_argument{"a scope of the registry ends with :*"};
}

} // namespace

grant_list grant_list::read(std::string_view scopes, names are) {
  grant_list made;
  for (const auto scope : split(scopes, ' '))
    if (const auto parts = take_apart(scope))
      made.add(parts->type, parts->name, parts->actions, are);
  return made;
}

grant_list grant_list::parse(std::string_view scope) {
  const auto parts = take_apart(scope);
  if (!parts)
    throw std::invalid_argument{"'" + excerpt(scope) + "' is no scope: " + std::string{expected}};
  try {
    check(*parts);
  } catch (const std::invalid_argument& wrong) {
    throw std::invalid_argument{"the scope '" + excerpt(scope) + "': " + wrong.what()};
  }
  grant_list made;
  made.add(parts->type, parts->name, parts->actions, names::patterns);
  return made;
}

void grant_list::add(std::string_view type, std::string_view name,
                     const std::vector<std::string_view>& actions, names are) {
  if (type == "repository") {
    const auto what = actions_of(actions);
    if (what == action_set{})
      return;
    if (auto where = pattern_of(name, are))
      repositories_.push_back({std::move(*where), what});
  } else if (type == "registry" && std::ranges::find(actions, every_action) != actions.end()) {
    if (const auto what = find_action(name); what && !is_in_repository(*what))
      registry_.add(*what);
  }
}

void grant_list::append(grant_list more) {
  std::ranges::move(more.repositories_, std::back_inserter(repositories_));
  registry_.add(more.registry_);
}

bool grant_list::allow(action what, std::string_view repository) const noexcept {
  if (!is_in_repository(what))
    return registry_.has(what);
  return std::ranges::any_of(repositories_, [&](const in_repository& each) {
    return each.what.has(what) && each.where.match(repository);
  });
}

bool grant_list::allow_everywhere(action what) const noexcept {
  if (!is_in_repository(what))
    return registry_.has(what);
  return std::ranges::any_of(repositories_, [&](const in_repository& each) {
    return each.what.has(what) && each.where.matches_all();
  });
}

std::string grant_list::to_string() const {
  std::string text;
  const auto add = [&text](std::string_view scope) {
    text.append(text.empty() ? "" : " ").append(scope);
  };
  for (const auto& [where, what] : repositories_)
    add(concat("repository:", where.to_string()) + ":" + joined(what, action_names()));
  for (const auto what : {action::catalog, action::metrics, action::admin})
    if (registry_.has(what))
      add(concat("registry:", policy::to_string(what)) + ":*");
  return text;
}

} // namespace gantry::policy
