// Which requests are the same.
#include "replay/request_key.hpp"

#include <boost/test/unit_test.hpp>

namespace replay = gantry::replay;

BOOST_AUTO_TEST_SUITE(request_key)

BOOST_AUTO_TEST_CASE(method_path_and_query_must_be_equal) {
  const auto key = replay::request_key("GET", "/v2/a/tags/list?n=1&last=b");
  BOOST_TEST(key != replay::request_key("HEAD", "/v2/a/tags/list?n=1&last=b"));
  BOOST_TEST(key != replay::request_key("GET", "/v2/b/tags/list?n=1&last=b"));
  BOOST_TEST(key != replay::request_key("GET", "/v2/a/tags/list?n=2&last=b"));
  BOOST_TEST(key != replay::request_key("GET", "/v2/a/tags/list?n=1"));
  BOOST_TEST(key != replay::request_key("GET", "/v2/a/tags/list"));
}

BOOST_AUTO_TEST_CASE(the_order_of_parameters_does_not_matter) {
  BOOST_TEST(replay::request_key("GET", "/t?a=1&b=2") == replay::request_key("GET", "/t?b=2&a=1&"));
}

BOOST_AUTO_TEST_CASE(encodings_of_the_same_text_are_equal) {
  BOOST_TEST(replay::request_key("PUT", "/u?digest=sha256%3Aab") ==
             replay::request_key("PUT", "/u?digest=sha256:ab"));
  BOOST_TEST(replay::request_key("GET", "/%76%32/") == replay::request_key("GET", "/v2/"));
  BOOST_TEST(replay::request_key("GET", "/t?a=1%26b=2") !=
             replay::request_key("GET", "/t?a=1&b=2"));
  BOOST_TEST(replay::request_key("GET", "/t%3Fa=1") != replay::request_key("GET", "/t?a=1"));
  BOOST_TEST(replay::request_key("GET", "/%zz%") != replay::request_key("GET", "/"));
}

BOOST_AUTO_TEST_CASE(secrets_match_whatever_they_are) {
  BOOST_TEST(replay::request_key("GET", "/t?token=***&n=1") ==
             replay::request_key("GET", "/t?token=abc&n=1"));
  BOOST_TEST(replay::request_key("GET", "/t?token=abc") != replay::request_key("GET", "/t"));
}

BOOST_AUTO_TEST_SUITE_END()
