#include "client/access_rules.hpp"

#include "base/base64.hpp"
#include "domain/strict_json.hpp"

#include <algorithm>

namespace gantry::client {

namespace {

constexpr std::size_t max_depth = 16;
/// In seconds. Longer lifetimes are cut so that adding one to a time does not overflow.
constexpr std::int64_t longest_lifetime = 365 * 24 * 60 * 60;

/// Percent-encodes a value of a query.
std::string escape(std::string_view text) {
  constexpr std::string_view plain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/,";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos)
      made += c;
    else
      made.append("%").append(1, digits[byte / 16]).append(1, digits[byte % 16]);
  }
  return made;
}

} // namespace

std::string basic_authorization(const credentials& who) {
  return "Basic " + to_base64(who.user + ":" + who.password);
}

std::string token_target(const token_realm& realm, const std::vector<std::string>& scopes) {
  auto target = realm.target.starts_with('/') ? realm.target : "/" + realm.target;
  auto separator = target.find('?') == std::string::npos ? '?' : '&';
  const auto add = [&](std::string_view name, std::string_view value) {
    target.append(1, separator).append(name).append("=").append(escape(value));
    separator = '&';
  };
  if (!realm.service.empty())
    add("service", realm.service);
  for (const auto& scope : scopes)
    add("scope", scope);
  return target;
}

std::string token_form(const token_realm& realm, const std::vector<std::string>& scopes,
                       const credentials& who) {
  std::string all;
  for (const auto& scope : scopes)
    all += (all.empty() ? "" : " ") + scope;
  return "grant_type=refresh_token&client_id=gantry&service=" + escape(realm.service) +
         "&scope=" + escape(all) + "&refresh_token=" + escape(who.identity_token);
}

std::optional<issued_token> read_token(std::string_view text) {
  const auto read = parse_object(text, max_depth);
  if (!read)
    return std::nullopt;
  issued_token made;
  for (const auto* name : {"token", "access_token"})
    if (const auto* found = find_member(*read, name); made.token.empty() && found)
      if (const auto* token = found->if_string())
        made.token = *token;
  if (made.token.empty())
    return std::nullopt;
  if (const auto* lifetime = find_member(*read, "expires_in"); lifetime && lifetime->is_int64())
    made.lifetime =
      std::chrono::seconds{std::clamp<std::int64_t>(lifetime->as_int64(), 0, longest_lifetime)};
  return made;
}

} // namespace gantry::client
