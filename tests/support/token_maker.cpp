#include "support/token_maker.hpp"

#include "base/base64url.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace gantry::test {

namespace json = boost::json;

std::string compact(std::string_view header, std::string_view payload, std::string_view signature) {
  return to_base64url(header) + "." + to_base64url(payload) + "." + to_base64url(signature);
}

std::string compact_signed(std::string_view header, std::string_view payload,
                           const signing_key& key, std::string_view alg) {
  const auto text = to_base64url(header) + "." + to_base64url(payload);
  return text + "." + to_base64url(key.sign(alg, text));
}

std::string jwk_set_of(std::initializer_list<json::object> keys) {
  json::array list;
  for (const auto& key : keys)
    list.emplace_back(key);
  return json::serialize(json::object{{"keys", std::move(list)}});
}

token_maker::token_maker(std::string alg, std::string key_id)
  : token_maker{alg, std::move(key_id), signing_key::for_algorithm(alg)} {}

token_maker::token_maker(std::string alg, std::string key_id, signing_key key)
  : alg_{std::move(alg)}, key_id_{std::move(key_id)}, key_{std::move(key)} {}

json::object token_maker::header() const {
  return {{"alg", alg_}, {"typ", "JWT"}, {"kid", key_id_}};
}

std::string token_maker::make(const json::object& claims) const {
  return make(claims, {});
}

std::string token_maker::make(const json::object& claims, const json::object& header) const {
  auto whole = this->header();
  for (const auto& member : header) {
    if (member.value().is_null())
      whole.erase(member.key());
    else
      whole[member.key()] = member.value();
  }
  return compact_signed(json::serialize(whole), json::serialize(claims), key_, alg_);
}

json::object token_maker::jwk() const {
  auto made = key_.jwk();
  made["kid"] = key_id_;
  made["alg"] = alg_;
  made["use"] = "sig";
  return made;
}

} // namespace gantry::test
