#include "jose/jwk_set.hpp"

#include "base/base64url.hpp"
#include "domain/strict_json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace gantry::jose {

namespace json = boost::json;

namespace {

/// Members such as `x5c` take no memory, and private parts stay unread.
constexpr std::array<std::string_view, 11> known_members{
  "keys", "kty", "kid", "alg", "use", "key_ops", "n", "e", "crv", "x", "y"};
constexpr std::size_t max_set_depth = 8;

refusal refuse_key(std::string_view why) {
  return refuse(reason::key_refused, why);
}

/// Absent if the member is not there.
outcome<std::optional<std::string>> text_of(const json::object& jwk, std::string_view name) {
  const auto* const value = find_member(jwk, name);
  if (value == nullptr)
    return std::optional<std::string>{};
  if (!value->is_string())
    return refuse_key("'" + std::string{name} + "' is not a string");
  return std::optional<std::string>{std::string{value->get_string()}};
}

/// Bytes in base64url. Errors: key_refused (also if they are missing).
outcome<std::string> bytes_of(const json::object& jwk, std::string_view name) {
  const auto text = text_of(jwk, name);
  if (!text)
    return text.error();
  auto bytes = *text ? from_base64url(**text) : std::nullopt;
  if (!bytes)
    return refuse_key("'" + std::string{name} + "' is not base64url");
  return std::move(*bytes);
}

/// Calls `make` with the bytes of two members.
template <class Make>
outcome<public_key> made_of(const json::object& jwk, std::string_view first,
                            std::string_view second, Make make) {
  const auto one = bytes_of(jwk, first);
  if (!one)
    return one.error();
  const auto other = bytes_of(jwk, second);
  if (!other)
    return other.error();
  return make(*one, *other);
}

outcome<public_key> read_ec(const json::object& jwk, std::string_view curve_name) {
  for (const auto curve : {key_type::p256, key_type::p384})
    if (curve_name == to_string(curve))
      return made_of(jwk, "x", "y", [curve](const std::string& x, const std::string& y) {
        return public_key::ec(curve, x, y);
      });
  return refuse_key("the curve " + shown(curve_name) + " is not supported");
}

outcome<public_key> read_okp(const json::object& jwk, std::string_view curve_name) {
  if (curve_name != to_string(key_type::ed25519))
    return refuse_key("the curve " + shown(curve_name) + " is not supported");
  const auto point = bytes_of(jwk, "x");
  if (!point)
    return point.error();
  return public_key::ed25519(*point);
}

outcome<public_key> read_public_key(const json::object& jwk) {
  const auto type = text_of(jwk, "kty");
  if (!type)
    return type.error();
  const auto curve = text_of(jwk, "crv");
  if (!curve)
    return curve.error();
  if (*type == "RSA")
    return made_of(jwk, "n", "e", &public_key::rsa);
  if (*type == "EC")
    return read_ec(jwk, curve->value_or(""));
  if (*type == "OKP")
    return read_okp(jwk, curve->value_or(""));
  return refuse_key("keys of the type " + shown(type->value_or("")) + " are not supported");
}

bool has_verify(const json::value& operations) {
  const auto* const list = operations.if_array();
  return list != nullptr && std::ranges::any_of(*list, [](const json::value& operation) {
           return operation.is_string() && operation.get_string() == "verify";
         });
}

/// A key is for signatures unless it says otherwise. Errors: key_refused.
outcome<void> check_use(const json::object& jwk) {
  const auto use = text_of(jwk, "use");
  if (!use)
    return use.error();
  if (*use && **use != "sig")
    return refuse_key("it is not for signatures: its use is " + shown(**use));
  const auto* const operations = find_member(jwk, "key_ops");
  if (operations != nullptr && !has_verify(*operations))
    return refuse_key("it is not for signatures: 'key_ops' has no 'verify'");
  return {};
}

outcome<std::optional<algorithm>> only_algorithm(const json::object& jwk, key_type type) {
  const auto name = text_of(jwk, "alg");
  if (!name)
    return name.error();
  if (!*name)
    return std::optional<algorithm>{};
  const auto found = find_algorithm(**name);
  if (!found)
    return refuse_key("the algorithm " + shown(**name) + " is not supported");
  if (key_type_of(*found) != type)
    return refuse_key("the algorithm " + shown(**name) + " needs another type of key");
  return found;
}

/// "key 3 ('kid'): why", counted from 1.
std::string complaint(std::size_t number, const json::value& key, const refusal& refused) {
  std::string name = "key " + std::to_string(number);
  const auto* const jwk = key.if_object();
  const auto* const id = jwk != nullptr ? jwk->if_contains("kid") : nullptr;
  if (id != nullptr && id->is_string())
    name += " (" + shown(id->get_string()) + ")";
  return name + ": " + refused.detail;
}

outcome<trusted_key> read_member(const json::value& key) {
  if (!key.is_object())
    return refuse_key("it is not an object");
  return read_jwk(key.get_object());
}

} // namespace

outcome<trusted_key> read_jwk(const json::object& jwk) {
  if (const auto use = check_use(jwk); !use)
    return use.error();
  auto id = text_of(jwk, "kid");
  if (!id)
    return id.error();
  auto key = read_public_key(jwk);
  if (!key)
    return key.error();
  const auto only = only_algorithm(jwk, key->type());
  if (!only)
    return only.error();
  return trusted_key{std::move(*key), std::move(*id), *only};
}

outcome<read_keys> read_jwk_set(std::string_view document) {
  if (document.size() > max_jwk_set_size)
    return refuse(reason::too_large, "the document with keys has more than 1 MiB");
  const auto set = parse_object(document, max_set_depth, known_members);
  if (!set)
    return refuse(reason::document_invalid,
                  "the document with keys is refused: " + set.error().detail);
  const auto* const keys = find_member(*set, "keys");
  if (keys == nullptr || !keys->is_array())
    return refuse(reason::document_invalid, "the document has no list 'keys'");
  const auto& list = keys->get_array();
  if (list.size() > max_keys)
    return refuse(reason::document_invalid, "the document has more than 100 keys");
  read_keys read;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (auto key = read_member(list[i]))
      read.keys.add(std::move(*key));
    else
      read.complaints.push_back(complaint(i + 1, list[i], key.error()));
  }
  return read;
}

} // namespace gantry::jose
