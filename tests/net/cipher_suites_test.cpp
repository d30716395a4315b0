#include "net/cipher_suites.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace gantry::net;

BOOST_AUTO_TEST_SUITE(cipher_suites)

BOOST_AUTO_TEST_CASE(no_choice_means_all) {
  const auto all = lists_of({});
  BOOST_TEST(all.suites ==
             "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  BOOST_TEST(all.ciphers.starts_with("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"));
}

BOOST_AUTO_TEST_CASE(a_choice_keeps_its_order) {
  const auto chosen =
    lists_of({"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
              "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
  BOOST_TEST(chosen.ciphers == "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256");
  BOOST_TEST(chosen.suites == "TLS_CHACHA20_POLY1305_SHA256");
}

BOOST_AUTO_TEST_CASE(without_a_suite_of_1_3_its_usual_ones_stay) {
  const auto chosen = lists_of({"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
  BOOST_TEST(chosen.suites == lists_of({}).suites);
  BOOST_TEST(lists_of({"TLS_AES_128_GCM_SHA256"}).ciphers.empty());
}

BOOST_AUTO_TEST_CASE(weak_and_unknown_suites_are_refused) {
  for (const std::string name : {"TLS_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-GCM-SHA256", ""})
    BOOST_CHECK_EXCEPTION(lists_of({name}), std::invalid_argument, [&](const auto& wrong) {
      return std::string{wrong.what()}.starts_with("the cipher suite '" + name +
                                                   "' is not offered; those that are: TLS_AES_");
    });
}

BOOST_AUTO_TEST_SUITE_END()
