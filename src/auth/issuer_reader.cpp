#include "auth/issuer_reader.hpp"

#include "base/text.hpp"
#include "yaml/keys.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace gantry::auth {

namespace {

constexpr std::size_t max_issuers = 100;

struct issuer_draft {
  issuer read;
  std::optional<std::string> prefix;
};

struct file_draft {
  std::vector<issuer> issuers;
  bool has_version = false;
  bool has_issuers = false;
};

const std::string& read_text(const yaml::node& value, const std::string& needed) {
  const auto& text = yaml::text_of(value, value.key, needed);
  if (text.empty())
    yaml::refuse(value, "this is empty: write " + needed);
  return text;
}

std::vector<std::string> read_texts(const yaml::node& value, const std::string& needed) {
  std::vector<std::string> found;
  for (const auto& item : yaml::items_of(value, "one, or a list")) {
    if (yaml::text_of(item, value.key, needed).empty())
      throw yaml::mistake{item.at, value.key + ": this is empty: write " + needed};
    found.push_back(item.text);
  }
  if (found.empty())
    yaml::refuse(value, "the list is empty: write " + needed);
  return found;
}

void read_name(issuer_draft& into, const yaml::node& value) {
  into.read.name = read_text(value, "what its tokens say in iss, such as https://gitlab.example");
}

void read_audience(issuer_draft& into, const yaml::node& value) {
  into.read.audiences = read_texts(value, "what its tokens say in aud, such as registry.example");
}

void read_keys(issuer_draft& into, const yaml::node& value) {
  for (auto& place : read_texts(value, "a file of a JWK Set, or its URL"))
    if (into.read.keys.add(std::move(place)))
      yaml::refuse(value, "there is more than one URL: write one");
}

void read_authorities(issuer_draft& into, const yaml::node& value) {
  into.read.keys.authorities = read_text(value, "a file of certificates (PEM)");
}

void read_certificates(issuer_draft& into, const yaml::node& value) {
  into.read.keys.bundles = read_texts(value, "a file of certificates or public keys (PEM)");
}

void read_algorithms(issuer_draft& into, const yaml::node& value) {
  into.read.algorithms = {};
  for (const auto& name : read_texts(value, "an algorithm, such as RS256"))
    into.read.algorithms.add(yaml::reading(value, value.key, [&] { return read_algorithm(name); }));
}

void read_required(issuer_draft& into, const yaml::node& value) {
  if (value.kind != yaml::node_kind::map || value.items.empty())
    yaml::refuse(value, "write a map from claims to values, such as {repository: org/name}");
  for (const auto& each : value.items)
    into.read.required[each.key] = read_texts(each, "the value of the claim; * is any text");
}

void read_user(issuer_draft& into, const yaml::node& value) {
  into.read.user_claim = read_text(value, "the claim that names the user, such as sub");
}

void read_prefix(issuer_draft& into, const yaml::node& value) {
  into.prefix = yaml::text_of(value, value.key, "what precedes the names of its users");
}

void read_groups(issuer_draft& into, const yaml::node& value) {
  into.read.groups_claim = read_text(value, "the claim that lists the user's groups");
}

constexpr std::array<yaml::key_row<issuer_draft>, 10> keys_of_issuer{{
  {"algorithms", read_algorithms},
  {"audience", read_audience},
  {"ca", read_authorities},
  {"certificates", read_certificates},
  {"groups", read_groups},
  {"issuer", read_name},
  {"keys", read_keys},
  {"prefix", read_prefix},
  {"require", read_required},
  {"user", read_user},
}};

bool has_none(const key_places& keys) {
  return keys.jwk_sets.empty() && keys.bundles.empty() && keys.url.empty();
}

issuer read_issuer(const yaml::node& value) {
  if (value.kind != yaml::node_kind::map)
    throw yaml::mistake{value.at, "this is not an issuer: write '- issuer: https://…'"};
  issuer_draft draft;
  yaml::read_keys(value, keys_of_issuer, draft, "an issuer");
  auto& made = draft.read;
  if (made.name.empty())
    throw yaml::mistake{value.at, "the issuer lacks its name: write 'issuer:'"};
  // A token that its owner got for another service must not open this registry.
  if (made.audiences.empty())
    throw yaml::mistake{value.at, "the issuer lacks its audience: write 'audience:', with what its "
                                  "tokens for this registry say in aud"};
  if (has_none(made.keys) && made.name.starts_with("https://"))
    made.keys.url =
      made.name + (made.name.ends_with('/') ? "" : "/") + ".well-known/openid-configuration";
  if (has_none(made.keys))
    throw yaml::mistake{value.at,
                        "the issuer lacks its keys: write 'keys:', with a file or URL of a "
                        "JWK Set"};
  made.user_prefix = std::move(draft.prefix).value_or(made.name + "#");
  return made;
}

void read_list(file_draft& into, const yaml::node& value) {
  into.has_issuers = true;
  if (value.kind != yaml::node_kind::list)
    yaml::refuse(value, "this is not a list: begin each issuer with '- '");
  if (value.items.size() > max_issuers)
    yaml::refuse(value, "there are more than " + std::to_string(max_issuers) + " issuers");
  for (const auto& each : value.items) {
    auto made = read_issuer(each);
    const auto same = std::ranges::find(into.issuers, made.name, &issuer::name);
    if (same != into.issuers.end())
      throw yaml::mistake{each.at, "another issuer has the name '" + excerpt(made.name) + "'"};
    into.issuers.push_back(std::move(made));
  }
}

void read_version(file_draft& into, const yaml::node& value) {
  into.has_version = true;
  yaml::demand_version_1(value);
}

constexpr std::array<yaml::key_row<file_draft>, 2> file_keys{
  {{"issuers", read_list}, {"version", read_version}}};

} // namespace

std::vector<issuer> read_issuers(std::string_view text) {
  const auto root = yaml::read(text);
  if (root.kind != yaml::node_kind::map)
    throw yaml::mistake{root.at, "write 'version: 1', and below it 'issuers:'"};
  file_draft file;
  yaml::read_keys(root, file_keys, file, "a file of issuers");
  if (!file.has_version)
    throw yaml::mistake{root.at, "the version is missing: write 'version: 1'"};
  if (!file.has_issuers)
    throw yaml::mistake{root.at, "the issuers are missing: write 'issuers:', with [] for none"};
  return std::move(file.issuers);
}

} // namespace gantry::auth
