// Whose signature a token needs.
#include "jose/verify.hpp"

#include "jose/judging.hpp"
#include "jose/pem_bundle.hpp"
#include "jose/samples.hpp"
#include "jose/vectors.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(verify)

namespace {

namespace json = boost::json;
using test::compact_signed;
using test::token_maker;

} // namespace

BOOST_AUTO_TEST_CASE(tokens_of_every_algorithm_are_accepted) {
  for (const std::string alg : {"RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"}) {
    const auto& issuer = issuer_with(alg);
    const auto said = judged(issuer.make(good), trusting(issuer));
    BOOST_TEST_REQUIRE(said.has_value(), alg);
    BOOST_TEST(said->subject.value() == "me");
  }
}

BOOST_AUTO_TEST_CASE(the_examples_of_the_specifications_are_verified) {
  for (const auto& other : signed_by_others) {
    jose::key_set trusted;
    trusted.add(read_jwk(parsed(other.jwk)).value());
    const auto said = jose::verify(parse_token(other.token).value(), trusted, {});
    if (other.token == rfc8037_a4) // signs a text that is no claims
      BOOST_TEST(verdict(said) == "claims_invalid");
    else
      BOOST_TEST(said.value().issuer.value() == "joe");
  }
}

BOOST_AUTO_TEST_CASE(only_configured_algorithms_are_accepted) {
  for (const std::string alg : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto& issuer = issuer_with(alg);
    const auto own = find_algorithm(alg).value();
    BOOST_TEST(judge(issuer.make(good), trusting(issuer), {own}) == "accepted");
    algorithm_set others;
    for (const auto name : algorithm_names())
      if (name != alg)
        others.add(find_algorithm(name).value());
    BOOST_TEST(judge(issuer.make(good), trusting(issuer), others) == "algorithm_refused");
    BOOST_TEST(judge(issuer.make(good), trusting(issuer), {}) == "algorithm_refused");
  }
}

BOOST_AUTO_TEST_CASE(keys_that_share_a_name_are_all_tried) {
  const token_maker before{"ES256", "shared"};
  const token_maker after{"ES256", "shared"};
  auto trusted = trusting(before);
  trusted.add(trusting(after));
  BOOST_TEST(judge(before.make(good), trusted) == "accepted");
  BOOST_TEST(judge(after.make(good), trusted) == "accepted");
  BOOST_TEST(judge(token_maker{"ES256", "shared"}.make(good), trusted) == "signature_wrong");
}

BOOST_AUTO_TEST_CASE(no_more_than_eight_keys_are_tried) {
  std::vector<token_maker> issuers;
  jose::key_set trusted;
  trusted.add(trusting(issuer_with("EdDSA"))); // of another type, which does not count
  for (std::size_t i = 0; i <= max_keys_tried; ++i)
    trusted.add(trusting(issuers.emplace_back("ES256", "key " + std::to_string(i))));
  const json::object unnamed{{"kid", nullptr}};
  BOOST_TEST(judge(issuers[max_keys_tried - 1].make(good, unnamed), trusted) == "accepted");
  BOOST_TEST(judge(issuers[max_keys_tried].make(good, unnamed), trusted) == "signature_wrong");
  BOOST_TEST(judge(issuers[max_keys_tried].make(good), trusted) == "accepted");
}

BOOST_AUTO_TEST_CASE(keys_are_found_by_the_names_of_distribution) {
  const auto& issuer = issuer_with("ES256");
  const auto trusted = read_pem_bundle(issuer.key().public_pem())->keys;
  const auto key = key_of(issuer.key().jwk());
  for (const auto& name : {key.fingerprint(), key.thumbprint()})
    BOOST_TEST(judge(issuer.make(good, {{"kid", name}}), trusted) == "accepted");
  BOOST_TEST(judge(issuer.make(good), trusted) == "key_unknown");
}

BOOST_AUTO_TEST_CASE(without_trusted_keys_nothing_is_accepted) {
  BOOST_TEST(judge(issuer_with("ES256").make(good), {}) == "key_unknown");
  BOOST_TEST(judge(issuer_with("ES256").make(good, {{"kid", nullptr}}), {}) == "key_unknown");
}

BOOST_AUTO_TEST_CASE(signed_claims_are_still_read_strictly) {
  const auto& issuer = issuer_with("EdDSA");
  const auto trusted = trusting(issuer);
  const std::string header = R"({"alg":"EdDSA"})";
  for (const std::string_view payload :
       {"", "[]", R"({"iss":"issuer","aud":"registry","exp":2000,"exp":9000})",
        R"({"iss":"issuer","aud":"registry","exp":1e400})",
        R"({"iss":"issuer","aud":"registry","exp":"2000"})",
        R"({"iss":["issuer"],"aud":"registry","exp":2000})"})
    BOOST_TEST(judge(compact_signed(header, payload, issuer.key(), "EdDSA"), trusted) ==
                 "claims_invalid",
               payload);
  // Those of another are not read at all.
  const token_maker attacker{"EdDSA", "EdDSA"};
  BOOST_TEST(judge(compact_signed(header, "[[[[", attacker.key(), "EdDSA"), trusted) ==
             "signature_wrong");
}

BOOST_AUTO_TEST_CASE(expectations_are_checked) {
  const auto& issuer = issuer_with("ES256");
  const auto trusted = trusting(issuer);
  const auto with = [&](std::string_view name, json::value value) {
    auto said = good;
    said[name] = std::move(value);
    return judge(issuer.make(said), trusted);
  };
  BOOST_TEST(with("iss", "https://evil.example") == "issuer_wrong");
  BOOST_TEST(with("aud", "another") == "audience_wrong");
  BOOST_TEST(with("aud", json::array{"another", "registry"}) == "accepted");
  BOOST_TEST(with("exp", 940) == "expired");
  BOOST_TEST(with("exp", 941) == "accepted");
  BOOST_TEST(with("exp", nullptr) == "expiry_missing");
  BOOST_TEST(with("exp", 1e18) == "claims_invalid");
  BOOST_TEST(with("nbf", 1060) == "accepted");
  BOOST_TEST(with("nbf", 1061) == "not_yet_valid");
}

BOOST_AUTO_TEST_SUITE_END()
