// Which algorithms are known.
#include "jose/algorithm.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(algorithm)

BOOST_AUTO_TEST_CASE(each_is_found_by_its_name) {
  BOOST_TEST(algorithm_names().size() == 6u);
  for (const auto name : algorithm_names())
    BOOST_TEST(to_string(find_algorithm(name).value()) == name);
  BOOST_TEST(to_string(gantry::jose::algorithm::es384) == "ES384");
  BOOST_TEST(to_string(gantry::jose::algorithm::eddsa) == "EdDSA");
}

BOOST_AUTO_TEST_CASE(no_other_name_is_known) {
  for (const std::string_view name :
       {"",       "none",  "None",  "NONE",   "nOnE",  "HS256",    "HS384", "HS512", "PS256",
        "PS384",  "PS512", "ES512", "ES256K", "Ed448", "Ed25519",  "rs256", "Rs256", "RS256 ",
        " RS256", "RS",    "eddsa", "EDDSA",  "RS1",   "RSA-OAEP", "dir"})
    BOOST_TEST(!find_algorithm(name), name);
  BOOST_TEST(!find_algorithm(std::string_view{"RS256\0", 6}));
}

BOOST_AUTO_TEST_CASE(each_needs_one_type_of_key) {
  using enum gantry::jose::algorithm;
  for (const auto rsa : {rs256, rs384, rs512})
    BOOST_TEST(to_string(key_type_of(rsa)) == "RSA");
  BOOST_TEST(to_string(key_type_of(es256)) == "P-256");
  BOOST_TEST(to_string(key_type_of(es384)) == "P-384");
  BOOST_TEST(to_string(key_type_of(eddsa)) == "Ed25519");
}

BOOST_AUTO_TEST_CASE(a_set_has_what_was_added) {
  algorithm_set some{gantry::jose::algorithm::es256};
  BOOST_TEST(some.has(gantry::jose::algorithm::es256));
  BOOST_TEST(!some.has(gantry::jose::algorithm::rs256));
  some.add(gantry::jose::algorithm::rs256);
  BOOST_TEST(some.has(gantry::jose::algorithm::rs256));
  BOOST_TEST(!some.has(gantry::jose::algorithm::eddsa));
  for (const auto name : algorithm_names())
    BOOST_TEST(algorithm_set::all().has(find_algorithm(name).value()), name);
  BOOST_TEST((algorithm_set{} == algorithm_set{}));
}

BOOST_AUTO_TEST_SUITE_END()
