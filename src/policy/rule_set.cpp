#include "policy/rule_set.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace gantry::policy {

namespace {

bool is_about(const rule& which, action what, std::string_view repository) noexcept {
  if (!which.actions.has(what))
    return false;
  return !is_in_repository(what) ||
         std::ranges::any_of(which.repositories,
                             [&](const auto& pattern) { return pattern.match(repository); });
}

bool has_claims(const subject& who, const rule& which) {
  return std::ranges::all_of(which.claims, [&](const auto& wanted) {
    const auto known = who.claims.find(wanted.first);
    return known != who.claims.end() &&
           std::ranges::find_first_of(known->second, wanted.second) != known->second.end();
  });
}

} // namespace

std::string title_of(const rule& which) {
  const auto line = "line " + std::to_string(which.line);
  return which.name.empty() ? "the rule on " + line
                            : "the rule \"" + which.name + "\" (" + line + ")";
}

/// Null if none fits.
const rule* rights::first(bool denies, action what, std::string_view repository) const noexcept {
  constexpr auto none = std::numeric_limits<std::uint32_t>::max();
  auto found = none;
  const auto look = [&](const numbers& list) {
    for (const auto number : list) {
      if (number >= found)
        return;
      const auto& each = from_->rules_[number];
      if (each.denies == denies && is_about(each, what, repository))
        found = number;
    }
  };
  for (const auto* list : lists_)
    look(*list);
  look(by_claims_);
  return found == none ? nullptr : &from_->rules_[found];
}

decision rights::decide(action what, std::string_view repository) const noexcept {
  const auto allows = [&](const auto& each) { return each->allow(what, repository); };
  if (!std::ranges::all_of(who_->limits, allows))
    return {.beyond_token = true};
  if (!from_)
    return {.allowed = true};
  if (const auto* denial = first(true, what, repository))
    return {.allowed = false, .by = denial};
  const auto* grant = first(false, what, repository);
  return {.allowed = grant != nullptr, .by = grant};
}

bool rights::may_everywhere(action what) const noexcept {
  const auto allows = [what](const auto& each) { return each->allow_everywhere(what); };
  if (!std::ranges::all_of(who_->limits, allows))
    return false;
  if (!from_)
    return true;
  const auto all_of = [&](const auto& test) {
    const auto holds = [&](const numbers& list) {
      return std::ranges::all_of(list, [&](auto number) { return test(from_->rules_[number]); });
    };
    return std::ranges::all_of(lists_, [&](const auto* list) { return holds(*list); }) &&
           holds(by_claims_);
  };
  const auto denies = [&](const rule& each) { return each.denies && each.actions.has(what); };
  const auto grants_all = [&](const rule& each) {
    return !each.denies && each.actions.has(what) &&
           std::ranges::any_of(each.repositories, &repository_pattern::matches_all);
  };
  return all_of([&](const rule& each) { return !denies(each); }) &&
         !all_of([&](const rule& each) { return !grants_all(each); });
}

rule_set::rule_set(std::vector<rule> rules, const group_map& groups) : rules_{std::move(rules)} {
  for (std::uint32_t number = 0; number < rules_.size(); ++number)
    arrange(number);
  for (const auto& [name, users] : groups) {
    const auto named = by_group_.find(name);
    if (named == by_group_.end())
      continue;
    for (const auto& user : users)
      memberships_[user].push_back(&named->second);
  }
}

void rule_set::arrange(std::uint32_t number) {
  const auto& each = rules_[number];
  if (each.anonymous)
    for_anonymous_.push_back(number);
  const bool for_all = each.anonymous && !each.denies;
  admits_anonymous_ |= for_all;
  if (each.any_user || for_all) // the other lists would only find it again
    return for_users_.push_back(number);
  for (const auto& user : each.users)
    by_user_[user].push_back(number);
  for (const auto& group : each.groups)
    by_group_[group].push_back(number);
  if (!each.claims.empty())
    with_claims_.push_back(number);
}

rights rule_set::rights_of(const subject& who) const {
  rights found{*this, who};
  if (who.anonymous) {
    found.lists_.push_back(&for_anonymous_);
    return found;
  }
  found.lists_.push_back(&for_users_);
  if (const auto named = by_user_.find(who.user); named != by_user_.end())
    found.lists_.push_back(&named->second);
  if (const auto member = memberships_.find(who.user); member != memberships_.end())
    found.lists_.insert(found.lists_.end(), member->second.begin(), member->second.end());
  for (const auto& group : who.groups)
    if (const auto named = by_group_.find(group); named != by_group_.end())
      found.lists_.push_back(&named->second);
  if (!who.claims.empty())
    for (const auto number : with_claims_)
      if (has_claims(who, rules_[number]))
        found.by_claims_.push_back(number);
  return found;
}

} // namespace gantry::policy
