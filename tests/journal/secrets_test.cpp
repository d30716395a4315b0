// What recordings hide.
#include "journal/secrets.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::journal;

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(names_of_fields_are_known_in_any_case) {
  for (const auto* name : {"Authorization", "COOKIE", "proxy-authorization", "Set-Cookie"})
    BOOST_TEST(is_secret_field(name), name);
  for (const auto* name : {"WWW-Authenticate", "Cookies", "", "Accept"})
    BOOST_TEST(!is_secret_field(name), name);
}

BOOST_AUTO_TEST_CASE(names_of_parameters_are_known_in_any_encoding) {
  for (const auto* name : {"token", "Access_Token", "%70assword", "client_secret"})
    BOOST_TEST(is_secret_parameter(name), name);
  for (const auto* name : {"tokens", "%7assword", "", "scope"})
    BOOST_TEST(!is_secret_parameter(name), name);
}

BOOST_AUTO_TEST_CASE(only_the_values_of_secrets_are_masked) {
  std::string into = "http://host";
  append_masked(into, "/t?token=a&n=1&token&password=b", 1000);
  BOOST_TEST(into == "http://host/t?token=***&n=1&token&password=***");
}

BOOST_AUTO_TEST_CASE(masking_stops_soon_after_the_limit) {
  std::string into;
  append_masked(into, "/t?a=" + std::string(100'000, 'x') + "&b=" + std::string(100'000, 'y'), 50);
  BOOST_TEST(into.size() == 51u);
}

BOOST_AUTO_TEST_SUITE_END()
