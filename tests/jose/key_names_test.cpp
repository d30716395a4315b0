// The names that follow from a key, with the examples of their specifications.
#include "jose/key_names.hpp"

#include "jose/samples.hpp"
#include "jose/vectors.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(key_names)

BOOST_AUTO_TEST_CASE(the_thumbprint_of_an_rsa_key_is_that_of_rfc_7638) {
  // Section 3.1. The members that are not required do not count.
  const auto key = key_of(
    parsed(R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT8)"
           R"(6zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArw)"
           R"(l93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q)"
           R"(MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xB)"
           R"(niIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-0)"
           R"(4-29"})"));
  BOOST_TEST(key.thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

BOOST_AUTO_TEST_CASE(the_thumbprint_of_an_ed25519_key_is_that_of_rfc_8037) {
  // Appendix A.3.
  BOOST_TEST(key_of(parsed(rfc8037_a2_key)).thumbprint() ==
             "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

BOOST_AUTO_TEST_CASE(the_fingerprint_is_that_of_distributions_specification) {
  // distribution, spec/auth/jwt.md.
  const auto key =
    key_of(parsed(R"({"kty":"EC","crv":"P-256","x":"m7zUpx3b-zmVE5cymSs64POG9QcyEpJaYCD82-549_Q",)"
                  R"("y":"dU3biz8sZ_8GPB-odm8Wxz3lNDr1xcAQQPQaOcr1fmc"})"));
  BOOST_TEST(key.fingerprint() == "PYYO:TEWU:V7JH:26JV:AQTZ:LJC3:SXVJ:XGHA:34F2:2LAQ:ZRMK:Z7Q6");
}

BOOST_AUTO_TEST_SUITE_END()
