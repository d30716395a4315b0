// JSON Web Tokens for tests: those of an issuer, and wrong ones of any kind.
#pragma once

#include "support/signing_key.hpp"

#include <boost/json/object.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace gantry::test {

/// The three parts in base64url, with dots.
std::string compact(std::string_view header, std::string_view payload, std::string_view signature);

/// Signed over header and payload, which are taken as they are; `alg` says how, whatever the header
/// says.
std::string compact_signed(std::string_view header, std::string_view payload,
                           const signing_key& key, std::string_view alg);

/// A JWK Set of these keys.
std::string jwk_set_of(std::initializer_list<boost::json::object> keys);

/// A token service without a network: it has one key, and signs what it is asked to.
///
///   const token_maker issuer{"ES256", "key-1"};
///   write_text(file, issuer.jwk_set());
///   const auto token = issuer.make({{"iss", "https://issuer.example"}, {"aud", "gantry"},
///                                   {"exp", 2000000000}});
class token_maker {
public:
  /// With a new key.
  explicit token_maker(std::string alg = "ES256", std::string key_id = "key-1");
  token_maker(std::string alg, std::string key_id, signing_key key);

  /// `{"alg":…,"typ":"JWT","kid":…}`.
  boost::json::object header() const;
  std::string make(const boost::json::object& claims) const;
  /// With these members of the header added or replaced. A null removes one.
  std::string make(const boost::json::object& claims, const boost::json::object& header) const;

  /// With `kid`, `alg` and `use`.
  boost::json::object jwk() const;
  /// A document with this key only.
  std::string jwk_set() const { return jwk_set_of({jwk()}); }
  const std::string& alg() const noexcept { return alg_; }
  const std::string& key_id() const noexcept { return key_id_; }
  const signing_key& key() const noexcept { return key_; }

private:
  std::string alg_;
  std::string key_id_;
  signing_key key_;
};

} // namespace gantry::test
