// Keys in JSON.
#include "jose/jwk_set.hpp"

#include "base/base64url.hpp"
#include "jose/samples.hpp"
#include "support/token_maker.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(jwk_set)

namespace {

namespace json = boost::json;
using test::jwk_set_of;

/// A good key with other members; null removes one.
json::object jwk_with(const json::object& members, const std::string& alg = "ES256") {
  auto made = issuer_with(alg).jwk();
  for (const auto& member : members) {
    if (member.value().is_null())
      made.erase(member.key());
    else
      made[member.key()] = member.value();
  }
  return made;
}

/// What is wrong with one key among the keys of a set; empty if it is used.
std::string complaint_about(const json::object& key) {
  const auto read = read_jwk_set(jwk_set_of({key})).value();
  BOOST_TEST(read.keys.keys().size() + read.complaints.size() == 1u);
  BOOST_TEST(::ERR_peek_error() == 0u, "errors of OpenSSL are left behind");
  return read.complaints.empty() ? "" : read.complaints.front();
}

} // namespace

BOOST_AUTO_TEST_CASE(keys_of_every_type_are_read) {
  const auto read =
    read_jwk_set(jwk_set_of({issuer_with("RS256").jwk(), issuer_with("ES256").jwk(),
                             issuer_with("ES384").jwk(), issuer_with("EdDSA").jwk()}))
      .value();
  BOOST_TEST(read.complaints.empty());
  BOOST_TEST_REQUIRE(read.keys.keys().size() == 4u);
  for (const auto& key : read.keys.keys()) {
    BOOST_TEST(to_string(key.only.value()) == key.id.value());
    BOOST_TEST((key.key.type() == key_type_of(key.only.value())));
  }
  BOOST_TEST(read.keys.roots().empty());
}

BOOST_AUTO_TEST_CASE(only_the_numbers_of_a_key_are_required) {
  const auto key = read_jwk(issuer_with("RS256").key().jwk()).value();
  BOOST_TEST(!key.id.has_value());
  BOOST_TEST(!key.only.has_value());
  for (const auto how : {jose::algorithm::rs256, jose::algorithm::rs384, jose::algorithm::rs512})
    BOOST_TEST(key.fits(how));
  BOOST_TEST(!key.fits(jose::algorithm::es256));
}

BOOST_AUTO_TEST_CASE(a_key_with_an_algorithm_fits_no_other) {
  const auto key = read_jwk(jwk_with({{"alg", "RS384"}}, "RS256")).value();
  BOOST_TEST(key.fits(jose::algorithm::rs384));
  BOOST_TEST(!key.fits(jose::algorithm::rs256));
  BOOST_TEST(!key.fits(jose::algorithm::rs512));
}

BOOST_AUTO_TEST_CASE(a_key_for_signatures_may_say_so) {
  for (const auto& members :
       {json::object{{"use", "sig"}}, json::object{{"use", nullptr}},
        json::object{{"key_ops", json::array{"verify"}}},
        json::object{{"key_ops", json::array{"sign", "verify"}}},
        json::object{{"x5c", json::array{"AAAA"}}, {"x5t", 1}, {"ext", true}, {"d", "AAAA"}}})
    BOOST_TEST(complaint_about(jwk_with(members)) == "");
}

BOOST_AUTO_TEST_CASE(a_key_for_something_else_is_skipped) {
  const std::string other = "key 1 ('ES256'): it is not for signatures: ";
  BOOST_TEST(complaint_about(jwk_with({{"use", "enc"}})) == other + "its use is 'enc'");
  BOOST_TEST(complaint_about(jwk_with({{"use", "SIG"}})) == other + "its use is 'SIG'");
  BOOST_TEST(complaint_about(jwk_with({{"use", ""}})) == other + "its use is ''");
  for (const json::value& operations :
       {json::value(json::array{}), json::value(json::array{"sign"}),
        json::value(json::array{"encrypt", "wrapKey"}), json::value(json::array{1}),
        json::value("verify"), json::value(1), json::value(json::object{{"verify", "verify"}})})
    BOOST_TEST(complaint_about(jwk_with({{"key_ops", operations}})) ==
               other + "'key_ops' has no 'verify'");
}

BOOST_AUTO_TEST_CASE(secrets_never_become_keys) {
  for (const auto* alg : {"HS256", "none", "RS256"})
    BOOST_TEST(complaint_about({{"kty", "oct"}, {"k", "c2VjcmV0"}, {"alg", alg}, {"kid", "s"}}) ==
               "key 1 ('s'): keys of the type 'oct' are not supported");
  // With the members of another type as well.
  BOOST_TEST(complaint_about(jwk_with({{"kty", "oct"}, {"k", "c2VjcmV0"}, {"kid", nullptr}})) ==
             "key 1: keys of the type 'oct' are not supported");
}

BOOST_AUTO_TEST_CASE(unknown_types_and_curves_are_skipped) {
  BOOST_TEST(complaint_about(jwk_with({{"kty", "ec"}})) ==
             "key 1 ('ES256'): keys of the type 'ec' are not supported");
  BOOST_TEST(complaint_about(jwk_with({{"kty", nullptr}})) ==
             "key 1 ('ES256'): keys of the type '' are not supported");
  for (const auto* curve : {"P-521", "secp256k1", "p-256", "Ed25519", ""})
    BOOST_TEST(complaint_about(jwk_with({{"crv", curve}})) ==
               "key 1 ('ES256'): the curve '" + std::string{curve} + "' is not supported");
  for (const auto* curve : {"X25519", "Ed448", "P-256"})
    BOOST_TEST(complaint_about(jwk_with({{"crv", curve}}, "EdDSA")) ==
               "key 1 ('EdDSA'): the curve '" + std::string{curve} + "' is not supported");
  BOOST_TEST(complaint_about(jwk_with({{"crv", "P-384"}})) ==
             "key 1 ('ES256'): a coordinate of an EC key has a wrong length");
}

BOOST_AUTO_TEST_CASE(algorithms_must_fit_the_key) {
  for (const auto* alg : {"HS256", "none", "PS256", "RSA-OAEP", "ES512", "rs256", ""})
    BOOST_TEST(complaint_about(jwk_with({{"alg", alg}}, "RS256")) ==
               "key 1 ('RS256'): the algorithm '" + std::string{alg} + "' is not supported");
  for (const auto* alg : {"ES256", "EdDSA"})
    BOOST_TEST(complaint_about(jwk_with({{"alg", alg}}, "RS256")) ==
               "key 1 ('RS256'): the algorithm '" + std::string{alg} +
                 "' needs another type of key");
  BOOST_TEST(complaint_about(jwk_with({{"alg", "ES384"}})) ==
             "key 1 ('ES256'): the algorithm 'ES384' needs another type of key");
}

BOOST_AUTO_TEST_CASE(damaged_keys_are_skipped) {
  const std::string rsa = "key 1 ('RS256'): ";
  BOOST_TEST(complaint_about(jwk_with({{"n", nullptr}}, "RS256")) == rsa + "'n' is not base64url");
  BOOST_TEST(complaint_about(jwk_with({{"e", "AQAB="}}, "RS256")) == rsa + "'e' is not base64url");
  BOOST_TEST(complaint_about(jwk_with({{"e", 65537}}, "RS256")) == rsa + "'e' is not a string");
  BOOST_TEST(complaint_about(jwk_with({{"e", "AQ"}}, "RS256")) ==
             rsa + "the exponent of an RSA key is even, below 65537 or longer than 64 bits");
  BOOST_TEST(complaint_about(jwk_with({{"x", nullptr}})) ==
             "key 1 ('ES256'): 'x' is not base64url");
  BOOST_TEST(complaint_about(jwk_with({{"y", "+"}})) == "key 1 ('ES256'): 'y' is not base64url");
  const std::string zero(43, 'A');
  BOOST_TEST(complaint_about(jwk_with({{"y", zero}})) ==
             "key 1 ('ES256'): an EC key is not a point on its curve");
  BOOST_TEST(complaint_about(jwk_with({{"x", "AA"}}, "EdDSA")) ==
             "key 1 ('EdDSA'): an Ed25519 key has 32 bytes");
  BOOST_TEST(complaint_about(jwk_with({{"kid", 1}})) == "key 1: 'kid' is not a string");
  for (const auto* name : {"use", "alg", "kty", "crv"})
    BOOST_TEST(complaint_about(jwk_with({{name, 1}})) ==
               "key 1 ('ES256'): '" + std::string{name} + "' is not a string");
}

BOOST_AUTO_TEST_CASE(one_bad_key_does_not_spoil_the_others) {
  const auto good = json::serialize(issuer_with("ES256").jwk());
  const auto read = read_jwk_set(R"({"keys":[1,null,[)" + good + "],{}," + good + R"(],"x":0})");
  BOOST_TEST_REQUIRE(read.has_value());
  const std::vector<std::string> complaints{
    "key 1: it is not an object", "key 2: it is not an object", "key 3: it is not an object",
    "key 4: keys of the type '' are not supported"};
  BOOST_TEST(read->complaints == complaints, boost::test_tools::per_element());
  BOOST_TEST(read->keys.keys().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_long_or_strange_name_of_a_key_does_not_fill_the_log) {
  const auto said = complaint_about(jwk_with({{"use", "enc"}, {"kid", std::string(5000, '\n')}}));
  BOOST_TEST(said.size() < 200u);
  BOOST_TEST(said.find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(documents_that_are_no_sets_are_refused) {
  for (const auto* text :
       {"", "{", "[]", "null", "{}", R"({"keys":{}})", R"({"keys":null})", R"({"Keys":[]})",
        R"({"keys":[]} x)", R"({"keys":[],"keys":[]})", "{\"keys\":[{\"kid\":\"\xff\"}]}",
        R"({"keys":[{"kty":"EC","kty":"EC"}]})", R"({"keys":[{"kty":"EC","a":1,"a":1}]})",
        R"({"keys":[[[[[[[[[[]]]]]]]]]]})"})
    BOOST_TEST(verdict(read_jwk_set(text)) == "document_invalid", text);
  BOOST_TEST(read_jwk_set(R"({"keys":[]})")->keys.empty());
}

BOOST_AUTO_TEST_CASE(documents_are_bounded) {
  const auto of_size = [](std::size_t size) {
    std::string text = R"({"keys":[]})";
    text.append(size - text.size(), ' ');
    return text;
  };
  BOOST_TEST(verdict(read_jwk_set(of_size(max_jwk_set_size))) == "accepted");
  BOOST_TEST(verdict(read_jwk_set(of_size(max_jwk_set_size + 1))) == "too_large");

  const auto of_keys = [](std::size_t count) {
    json::array keys;
    for (std::size_t i = 0; i < count; ++i)
      keys.emplace_back(json::object{{"kty", "oct"}});
    return json::serialize(json::object{{"keys", keys}});
  };
  BOOST_TEST(read_jwk_set(of_keys(max_keys))->complaints.size() == max_keys);
  BOOST_TEST(verdict(read_jwk_set(of_keys(max_keys + 1))) == "document_invalid");
}

BOOST_AUTO_TEST_SUITE_END()
