// Requests to an endpoint, and which answers are good.
#include "webhooks/posting.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::webhooks;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(posting)

BOOST_AUTO_TEST_CASE(a_request_has_the_fields_and_the_login_of_the_endpoint) {
  const webhooks::endpoint who{.url = "http://ann:secret@h/",
                               .headers = {{"X-A", "1"}, {"X-A", "2"}}};
  const auto made = poster_settings_of(who, read_target(who.url).value(), "gantry/1");
  BOOST_TEST(made.more_fields == "Authorization: Basic YW5uOnNlY3JldA==\r\nX-A: 1\r\nX-A: 2\r\n");
  BOOST_TEST(made.user_agent == "gantry/1");
  BOOST_CHECK(made.timeout == 1s);
  BOOST_TEST(!made.tls);
}

BOOST_AUTO_TEST_CASE(https_has_tls) {
  const webhooks::endpoint who{.url = "https://h/"};
  BOOST_TEST(static_cast<bool>(poster_settings_of(who, read_target(who.url).value(), "x").tls));
}

BOOST_AUTO_TEST_CASE(only_errors_are_failures) {
  for (const unsigned status : {200U, 202U, 204U, 301U, 307U})
    BOOST_TEST(failure_in({.status = status}).empty(), status);
  BOOST_TEST(failure_in({.status = 503, .body = "busy\n"}) == "it answers 503 (busy?)");
  BOOST_TEST(failure_in({.status = 404}) == "it answers 404");
  BOOST_TEST(failure_in({.why = "refused"}) == "refused");
}

BOOST_AUTO_TEST_SUITE_END()
