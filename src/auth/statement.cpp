#include "auth/statement.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace gantry::auth {

namespace {

namespace json = boost::json;
using policy::grant_list;

constexpr std::array<std::string_view, 5> left_out{"exp", "iat", "jti", "nbf", "access"};

/// Absent for what has no single text.
std::optional<std::string> text_of(const json::value& value) {
  if (value.is_string())
    return std::string{value.as_string()};
  if (value.is_bool() || value.is_number())
    return json::serialize(value);
  return std::nullopt;
}

std::vector<std::string> texts_in(const json::value& value) {
  std::vector<std::string> found;
  if (auto text = text_of(value))
    found.push_back(std::move(*text));
  else if (const auto* list = value.if_array())
    for (const auto& each : *list)
      if (auto item = text_of(each))
        found.push_back(std::move(*item));
  return found;
}

void add(claim_map& all, const std::string& name, const json::value& value) {
  if (all.size() >= max_claims)
    return;
  if (const auto* members = value.if_object())
    for (const auto& [key, inner] : *members)
      add(all, name + "." + std::string{key}, inner);
  else if (auto texts = texts_in(value); !texts.empty())
    all[name] = std::move(texts);
}

/// Docker's `access`: a list of {type, name, actions}. Whatever else it holds grants nothing.
grant_list read_access(const json::object& all) {
  grant_list made;
  const auto* access = all.if_contains("access");
  const auto* list = access ? access->if_array() : nullptr;
  if (!list)
    return made;
  for (const auto& item : *list) {
    const auto* entry = item.if_object();
    const auto* type = entry ? entry->if_contains("type") : nullptr;
    const auto* name = entry ? entry->if_contains("name") : nullptr;
    const auto* actions = entry ? entry->if_contains("actions") : nullptr;
    if (!type || !type->is_string() || !name || !name->is_string() || !actions)
      continue;
    const auto words = texts_in(*actions);
    made.add(std::string_view{type->as_string()}, std::string_view{name->as_string()},
             {words.begin(), words.end()});
  }
  return made;
}

bool fits(const std::vector<std::string>& globs, const std::vector<std::string>& texts) {
  return std::ranges::any_of(globs, [&](const auto& glob) {
    return std::ranges::any_of(texts, [&](const auto& text) { return matches_glob(glob, text); });
  });
}

/// Empty if all that is required is there.
std::string missing_claim(const issuer& from, const claim_map& said) {
  for (const auto& [name, globs] : from.required) {
    const auto known = said.find(name);
    if (known == said.end() || !fits(globs, known->second))
      return name;
  }
  return {};
}

/// Empty if logs and rules can show it.
std::string mistake_in_name(std::string_view user) {
  constexpr std::size_t longest = 255;
  if (user.empty() || user.size() > longest)
    return "the name of a user has 1 to 255 bytes";
  return std::ranges::any_of(user, is_control) ? "the name of a user has no control characters"
                                               : std::string{};
}

/// Who a token service says it is for; a token without a name is an anonymous client's.
std::optional<identity> read_access_token(const jose::claims& said, std::string& why) {
  identity found;
  if (const auto user = said.subject.value_or(""); !user.empty()) {
    why = mistake_in_name(user);
    if (!why.empty())
      return std::nullopt;
    found.who = policy::subject::user_named(user);
  }
  found.who.limits.push_back(std::make_shared<const grant_list>(read_access(said.all)));
  return found;
}

/// A workload.
std::optional<identity> read_workload(const issuer& from, const jose::claims& said,
                                      std::string& why) {
  auto claims = texts_of(said);
  if (const auto name = missing_claim(from, claims); !name.empty()) {
    why = "the claim " + name + " is missing or has another value";
    return std::nullopt;
  }
  const auto named = claims.find(from.user_claim);
  if (named == claims.end() || named->second.size() != 1) {
    why = "the claim " + from.user_claim + " does not name a user";
    return std::nullopt;
  }
  const auto user = from.user_prefix + named->second.front();
  why = mistake_in_name(user);
  if (!why.empty())
    return std::nullopt;
  identity found;
  found.who = policy::subject::user_named(user);
  if (const auto groups = claims.find(from.groups_claim); groups != claims.end())
    found.who.groups = groups->second;
  found.who.claims = std::move(claims);
  return found;
}

} // namespace

claim_map texts_of(const jose::claims& said) {
  claim_map all;
  for (const auto& [key, value] : said.all)
    if (std::ranges::find(left_out, std::string_view{key}) == left_out.end())
      add(all, std::string{key}, value);
  return all;
}

std::optional<identity> read_statement(const issuer& from, const jose::claims& said,
                                       std::string& why) {
  auto found = from.grants_access ? read_access_token(said, why) : read_workload(from, said, why);
  if (found)
    found->by.of = proof::kind::statement;
  return found;
}

} // namespace gantry::auth
