// Random policies and requests, against a model that is too simple to be wrong.
#include "policy/rule_set.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(model)

namespace {

using namespace gantry::policy;

/// By the definition of patterns, one way after the other.
bool matches(std::string_view pattern, std::string_view name) {
  if (name.empty())
    return pattern.empty() || pattern == "*";
  if (pattern.empty())
    return false;
  if (pattern.starts_with("**")) {
    const auto rest = pattern.substr(2);
    for (std::size_t taken = 1; taken <= name.size(); ++taken)
      if ((taken == name.size() || name[taken] == '/') && matches(rest, name.substr(taken)))
        return true;
    return false;
  }
  if (pattern.front() == '*')
    return matches(pattern.substr(1), name) ||
           (name.front() != '/' && matches(pattern, name.substr(1)));
  return pattern.front() == name.front() && matches(pattern.substr(1), name.substr(1));
}

struct random_source {
  std::mt19937 engine;

  std::size_t below(std::size_t end) { return engine() % end; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string any_of(const std::vector<std::string>& texts) { return texts[below(texts.size())]; }
};

const std::vector<std::string> users{"u0", "u1", "u2", "u3"};
const std::vector<std::string> group_names{"g0", "g1", "g2"};
const std::vector<std::string> components{"a", "b", "ab", "ba", "a.b"};
const std::vector<std::string> parts{"a", "b", "ab", "*", "a*", "*b", "*a*", "**"};

std::string path_of(random_source& random, const std::vector<std::string>& from) {
  auto path = random.any_of(from);
  for (auto more = random.below(4); more > 0; --more)
    path += "/" + random.any_of(from);
  return path;
}

std::vector<std::string> some_of(random_source& random, const std::vector<std::string>& texts) {
  std::vector<std::string> chosen;
  for (const auto& each : texts)
    if (random.one_in(3))
      chosen.push_back(each);
  return chosen;
}

rule make_rule(random_source& random) {
  rule made;
  made.denies = random.one_in(3);
  for (unsigned i = 0; i < 6; ++i)
    if (random.one_in(2))
      made.actions.add(static_cast<action>(i));
  for (auto more = random.below(3); more > 0; --more)
    made.repositories.push_back(repository_pattern::parse(path_of(random, parts)));
  made.users = some_of(random, users);
  made.groups = some_of(random, group_names);
  made.any_user = random.one_in(6);
  made.anonymous = random.one_in(4);
  if (random.one_in(4))
    made.claims["c"] = {random.any_of(users)};
  if (random.one_in(8))
    made.claims["d"] = {random.any_of(users), random.any_of(users)};
  return made;
}

subject make_subject(random_source& random) {
  subject made;
  made.anonymous = random.one_in(4);
  made.user = random.any_of(users);
  made.groups = some_of(random, group_names);
  if (random.one_in(2))
    made.claims["c"] = some_of(random, users);
  if (random.one_in(2))
    made.claims["d"] = some_of(random, users);
  return made;
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::ranges::find(texts, text) != texts.end();
}

/// The reference: what the documentation says, rule by rule.
struct reference {
  const std::vector<rule>& rules;
  const rule_set::group_map& groups;

  bool is_about(const rule& each, const subject& who) const {
    if (each.anonymous && (who.anonymous || !each.denies))
      return true;
    if (who.anonymous)
      return false;
    bool found = each.any_user || contains(each.users, who.user);
    for (const auto& group : each.groups)
      found = found || contains(who.groups, group) || contains(groups.at(group), who.user);
    bool claims = !each.claims.empty();
    for (const auto& [name, values] : each.claims) {
      bool one = false;
      for (const auto& value : values)
        one = one || (who.claims.contains(name) && contains(who.claims.at(name), value));
      claims = claims && one;
    }
    return found || claims;
  }

  bool fits(const rule& each, const subject& who, action what, std::string_view name) const {
    bool where = !is_in_repository(what);
    for (const auto& pattern : each.repositories)
      where = where || matches(pattern.to_string(), name);
    return where && each.actions.has(what) && is_about(each, who);
  }

  /// The number of the rule that decides; -1 for none.
  int decide(const subject& who, action what, std::string_view name) const {
    for (const bool denies : {true, false})
      for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].denies == denies && fits(rules[i], who, what, name))
          return static_cast<int>(i);
    return -1;
  }
};

void compare(std::uint32_t seed) {
  random_source random{std::mt19937{seed}};
  std::vector<rule> rules;
  for (auto more = random.below(8); more > 0; --more) {
    rules.push_back(make_rule(random));
    rules.back().line = static_cast<int>(rules.size());
  }
  rule_set::group_map groups;
  for (const auto& name : group_names)
    groups[name] = some_of(random, users);
  const gantry::policy::rule_set tested{rules, groups};
  const reference expected{rules, groups};
  for (int i = 0; i < 50; ++i) {
    const auto who = make_subject(random);
    const auto what = static_cast<action>(random.below(6));
    const auto name = path_of(random, components);
    const auto made = tested.rights_of(who).decide(what, name);
    const int number = expected.decide(who, what, name);
    BOOST_TEST_INFO("seed " << seed << ", " << to_string(what) << " " << name);
    BOOST_TEST_REQUIRE((made.by ? made.by->line - 1 : -1) == number);
    BOOST_TEST_REQUIRE(made.allowed == (number >= 0 && !rules[number].denies));
    if (tested.rights_of(who).may_everywhere(what))
      BOOST_TEST_REQUIRE(made.allowed);
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(rules_decide_as_the_model_does) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed)
    compare(seed);
}

BOOST_AUTO_TEST_CASE(patterns_match_as_the_model_does) {
  random_source random{std::mt19937{7}};
  for (int i = 0; i < 100'000; ++i) {
    const auto pattern = path_of(random, parts);
    const auto name = path_of(random, components);
    BOOST_TEST_INFO(pattern << " and " << name);
    BOOST_TEST_REQUIRE(repository_pattern::parse(pattern).match(name) == matches(pattern, name));
  }
}

BOOST_AUTO_TEST_SUITE_END()
