// The ways to pretend that a token has a signature.
#include "base/base64.hpp"
#include "base/base64url.hpp"
#include "jose/judging.hpp"
#include "jose/samples.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(forged_tokens)

namespace {

namespace json = boost::json;
using test::compact;
using test::token_maker;

} // namespace

BOOST_AUTO_TEST_CASE(a_token_without_signature_is_refused) {
  const auto& issuer = issuer_with("ES256");
  const auto trusted = trusting(issuer);
  BOOST_TEST(judge(compact(R"({"alg":"none"})", good_text, ""), trusted) == "algorithm_refused");
  BOOST_TEST(judge(compact(R"({"alg":"ES256"})", good_text, ""), trusted) == "signature_wrong");
  BOOST_TEST(judge(compact(R"({"alg":"ES256"})", good_text, std::string(64, '\0')), trusted) ==
             "signature_wrong");
}

BOOST_AUTO_TEST_CASE(a_public_key_is_no_secret_for_hmac) {
  for (const std::string alg : {"RS256", "ES256", "EdDSA"}) {
    const auto& issuer = issuer_with(alg);
    const auto trusted = trusting(issuer);
    for (const std::string hmac : {"HS256", "HS384", "HS512"})
      for (const auto& secret : {issuer.key().public_pem(), issuer.key().public_der(),
                                 json::serialize(issuer.jwk()), std::string{}}) {
        // The header tells the truth, or pretends that the key's algorithm was used.
        for (const auto& claimed : {hmac, alg}) {
          const auto text = to_base64url(R"({"alg":")" + claimed + R"(","kid":")" + alg + R"("})") +
                            "." + to_base64url(good_text);
          const auto token = text + "." + to_base64url(test::hmac_of(hmac, secret, text));
          BOOST_TEST(judge(token, trusted) ==
                     (claimed == hmac ? "algorithm_refused" : "signature_wrong"));
        }
      }
  }
}

BOOST_AUTO_TEST_CASE(keys_and_places_of_keys_in_a_token_are_not_used) {
  const auto& issuer = issuer_with("ES256");
  const token_maker attacker{"ES256", "ES256"};
  const auto own = attacker.jwk();
  for (const auto& header :
       {json::object{{"jwk", own}}, json::object{{"jwk", own}, {"kid", nullptr}},
        json::object{{"jku", "https://evil.example/keys"}},
        json::object{{"x5u", "https://evil.example/certificate"}},
        json::object{{"jwk", json::object{{"keys", json::array{own}}}}}})
    BOOST_TEST(judge(attacker.make(good, header), trusting(issuer)) == "signature_wrong");
  // The name of the attacker's own key does not help.
  BOOST_TEST(judge(attacker.make(good, {{"jwk", own}, {"kid", key_of(own).thumbprint()}}),
                   trusting(issuer)) == "key_unknown");
  // Nor do they harm a token that is good without them.
  for (const auto& header :
       {json::object{{"jwk", own}}, json::object{{"jku", "https://evil.example"}},
        json::object{{"x5u", "https://evil.example"}}})
    BOOST_TEST(judge(issuer.make(good, header), trusting(issuer)) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_token_that_names_another_key_is_refused) {
  auto trusted = trusting(issuer_with("ES256"));
  const token_maker second{"ES256", "second"};
  trusted.add(trusting(second));
  const auto& issuer = issuer_with("ES256");
  BOOST_TEST(judge(issuer.make(good), trusted) == "accepted");
  BOOST_TEST(judge(issuer.make(good, {{"kid", "second"}}), trusted) == "signature_wrong");
  for (const auto* unknown : {"", "third", "es256", "../../dev/null", "' OR 1=1 --"})
    BOOST_TEST(judge(issuer.make(good, {{"kid", unknown}}), trusted) == "key_unknown");
  BOOST_TEST(judge(issuer.make(good, {{"kid", nullptr}}), trusted) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_type_of_the_key_must_fit_the_algorithm) {
  key_set trusted;
  for (const std::string alg : {"RS256", "ES256", "ES384", "EdDSA"})
    trusted.add(trusting(issuer_with(alg)));
  for (const std::string own : {"RS256", "ES256", "ES384", "EdDSA"})
    for (const std::string named : {"RS256", "ES256", "ES384", "EdDSA"}) {
      const auto token = issuer_with(own).make(good, {{"kid", named}});
      BOOST_TEST(judge(token, trusted) == (own == named ? "accepted" : "key_unknown"));
    }
  BOOST_TEST(judge(issuer_with("EdDSA").make(good, {{"kid", nullptr}}),
                   trusting(issuer_with("ES256"))) == "key_unknown");
}

BOOST_AUTO_TEST_CASE(a_key_with_an_algorithm_verifies_no_other) {
  const auto& issuer = issuer_with("RS256"); // its JWK says so
  const token_maker other{"RS512", "RS256", issuer.key()};
  BOOST_TEST(judge(other.make(good), trusting(issuer)) == "key_unknown");
  auto jwk = issuer.jwk();
  jwk.erase("alg");
  BOOST_TEST(judge(other.make(good), read_jwk_set(test::jwk_set_of({jwk}))->keys) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_signature_covers_header_and_claims) {
  const auto& issuer = issuer_with("EdDSA");
  const auto trusted = trusting(issuer);
  const auto token = issuer.make(good);
  const auto signature = token.substr(token.rfind('.'));
  const auto header = to_base64url(json::serialize(issuer.header()));
  BOOST_TEST(judge(header + "." + to_base64url(json::serialize(good)) + signature, trusted) ==
             "accepted");
  auto more = good;
  more["sub"] = "root";
  BOOST_TEST(judge(header + "." + to_base64url(json::serialize(more)) + signature, trusted) ==
             "signature_wrong");
  const auto other = to_base64url(R"({"alg":"EdDSA","kid":"EdDSA"})");
  BOOST_TEST(judge(other + "." + to_base64url(json::serialize(good)) + signature, trusted) ==
             "signature_wrong");
}

BOOST_AUTO_TEST_CASE(wrong_lengths_and_spellings_of_a_signature_are_refused) {
  for (const std::string alg : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto& issuer = issuer_with(alg);
    const auto trusted = trusting(issuer);
    const auto token = issuer.make(good);
    const auto start = token.substr(0, token.rfind('.') + 1);
    const auto signature = from_base64url(token.substr(start.size())).value();
    for (const auto& other : {signature.substr(1), signature.substr(0, signature.size() - 1),
                              signature + "x", std::string(1, '\0') + signature})
      BOOST_TEST(judge(start + to_base64url(other), trusted) == "signature_wrong", alg);
    BOOST_TEST(judge(start + to_base64(signature), trusted) == "malformed", alg);
    BOOST_TEST(judge(token + "=", trusted) == "malformed", alg);
    const auto half = signature.size() / 2;
    if (alg.starts_with("ES")) {
      const std::string zero(half, '\0');
      BOOST_TEST(judge(start + to_base64url(zero + signature.substr(half)), trusted) ==
                 "signature_wrong");
      BOOST_TEST(judge(start + to_base64url(signature.substr(0, half) + zero), trusted) ==
                 "signature_wrong");
      const auto der = issuer.key().sign_in_der(alg, start.substr(0, start.size() - 1));
      BOOST_TEST(judge(start + to_base64url(der), trusted) == "signature_wrong");
    }
  }
}

BOOST_AUTO_TEST_CASE(huge_tokens_are_refused_before_anything_else) {
  const auto& issuer = issuer_with("ES256");
  auto said = good;
  said["padding"] = std::string(max_token_size, 'x');
  BOOST_TEST(judge(issuer.make(said), trusting(issuer)) == "too_large");
}

BOOST_AUTO_TEST_CASE(details_never_contain_the_token) {
  const auto& issuer = issuer_with("ES256");
  const auto trusted = trusting(issuer);
  for (const auto& token :
       {issuer.make(good, {{"kid", std::string(3000, 'k')}}), issuer.make({{"iss", "other"}}),
        compact(R"({"alg":"ES256"})", good_text, std::string(64, 'x'))}) {
    const auto said = detail(judged(token, trusted));
    BOOST_TEST(said.size() < 200u);
    for (const auto& part : {token.substr(0, 20), token.substr(token.rfind('.') + 1, 20)})
      BOOST_TEST(said.find(part) == std::string::npos, said);
  }
}

BOOST_AUTO_TEST_SUITE_END()
