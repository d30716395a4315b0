// Finding trusted keys.
#include "jose/key_set.hpp"

#include "jose/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(key_set)

namespace {

trusted_key named(const std::string& alg, std::optional<std::string> id) {
  return {key_of(issuer_with(alg).key().jwk()), std::move(id)};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_key_is_found_by_its_id_thumbprint_and_fingerprint) {
  gantry::jose::key_set keys;
  keys.add(named("ES256", "a"));
  keys.add(named("EdDSA", std::nullopt));
  for (const auto& key : keys.keys()) {
    BOOST_TEST_REQUIRE(keys.find(key.key.thumbprint()).size() == 1u);
    BOOST_TEST(keys.find(key.key.thumbprint()).front() == &key);
    BOOST_TEST_REQUIRE(keys.find(key.key.fingerprint()).size() == 1u);
    BOOST_TEST(keys.find(key.key.fingerprint()).front() == &key);
  }
  BOOST_TEST_REQUIRE(keys.find("a").size() == 1u);
  BOOST_TEST(keys.find("a").front() == &keys.keys().front());
  for (const auto* other : {"", "A", "b", "a ", "aa"})
    BOOST_TEST(keys.find(other).empty(), other);
}

BOOST_AUTO_TEST_CASE(keys_may_share_an_id) {
  gantry::jose::key_set keys;
  keys.add(named("ES256", "a"));
  keys.add(named("ES384", "a"));
  keys.add(named("EdDSA", "b"));
  BOOST_TEST(keys.find("a").size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_same_key_is_kept_once) {
  gantry::jose::key_set keys;
  keys.add(named("ES256", "a"));
  keys.add(named("ES256", "a"));
  BOOST_TEST(keys.keys().size() == 1u);
  keys.add(named("ES256", "b"));
  auto limited = named("ES256", "a");
  limited.only = jose::algorithm::es256;
  keys.add(limited);
  BOOST_TEST(keys.keys().size() == 3u);
}

BOOST_AUTO_TEST_CASE(sets_are_joined) {
  gantry::jose::key_set keys;
  BOOST_TEST(keys.empty());
  keys.add(trusting(issuer_with("ES256")));
  keys.add(trusting(issuer_with("EdDSA")));
  keys.add(trusting(issuer_with("ES256")));
  BOOST_TEST(!keys.empty());
  BOOST_TEST(keys.keys().size() == 2u);
  BOOST_TEST(keys.find("ES256").size() == 1u);
  BOOST_TEST(keys.find("EdDSA").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
