#include "auth/sealed_tokens.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace gantry::auth {

namespace {

namespace json = boost::json;
using policy::grant_list;
using clock = sealed_tokens::clock;

json::array texts(const std::vector<std::string>& list) {
  json::array made;
  for (const auto& each : list)
    made.emplace_back(each);
  return made;
}

std::vector<std::string> texts(const json::value& list) {
  std::vector<std::string> found;
  for (const auto& each : list.as_array())
    found.emplace_back(each.as_string());
  return found;
}

/// Short names: the token is in every request.
json::object to_json(const sealed_token& content) {
  const auto& [who, by] = content.is;
  json::object shown;
  shown["r"] = content.use == token_use::refresh;
  shown["e"] = unix_seconds(content.end);
  if (!who.anonymous)
    shown["u"] = who.user;
  if (!who.groups.empty())
    shown["g"] = texts(who.groups);
  if (!who.claims.empty()) {
    auto& claims = shown["c"].emplace_object();
    for (const auto& [name, values] : who.claims)
      claims[name] = texts(values);
  }
  if (!who.limits.empty()) {
    auto& limits = shown["l"].emplace_array();
    for (const auto& each : who.limits)
      limits.emplace_back(each->to_string());
  }
  shown["k"] = static_cast<std::int64_t>(by.of);
  shown["p"] = by.text;
  if (by.end != clock::time_point::max())
    shown["t"] = unix_seconds(by.end);
  return shown;
}

policy::subject subject_in(const json::object& shown) {
  policy::subject who;
  if (const auto* user = shown.if_contains("u"))
    who = policy::subject::user_named(std::string{user->as_string()});
  if (const auto* groups = shown.if_contains("g"))
    who.groups = texts(*groups);
  if (const auto* claims = shown.if_contains("c"))
    for (const auto& [name, values] : claims->as_object())
      who.claims.emplace(name, texts(values));
  if (const auto* limits = shown.if_contains("l"))
    for (const auto& each : limits->as_array())
      who.limits.push_back(std::make_shared<const grant_list>(
        grant_list::read(each.as_string(), grant_list::names::patterns)));
  return who;
}

/// Only this program writes what is sealed, perhaps an older one. Throws what Boost.JSON throws.
sealed_token from_json(const json::object& shown) {
  sealed_token content;
  content.use = shown.at("r").as_bool() ? token_use::refresh : token_use::access;
  content.end = from_unix_seconds(shown.at("e").as_int64());
  content.is.who = subject_in(shown);
  content.is.by.of = static_cast<proof::kind>(shown.at("k").as_int64());
  content.is.by.text = shown.at("p").as_string();
  if (const auto* end = shown.if_contains("t"))
    content.is.by.end = from_unix_seconds(end->as_int64());
  return content;
}

} // namespace

std::optional<std::string> sealed_tokens::seal(const sealed_token& content) const {
  auto token = concat(prefix, keys_.close(json::serialize(to_json(content))));
  if (token.size() > longest)
    return std::nullopt;
  return token;
}

std::optional<sealed_token> sealed_tokens::open(std::string_view token,
                                                clock::time_point now) const {
  if (token.size() > longest || !token.starts_with(prefix))
    return std::nullopt;
  const auto text = keys_.open(token.substr(prefix.size()));
  if (!text)
    return std::nullopt;
  try {
    auto content = from_json(json::parse(*text).as_object());
    return now < content.end ? std::optional{std::move(content)} : std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt; // sealed by another version
  }
}

} // namespace gantry::auth
