// Secrets that clients send.
#include "base/secret.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(secret)

using gantry::is_same_secret;

BOOST_AUTO_TEST_CASE(each_byte_counts) {
  BOOST_TEST(is_same_secret("", ""));
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::string text(size, 'x');
    BOOST_TEST(is_same_secret(text, std::string(size, 'x')));
    for (std::size_t at = 0; at < size; ++at) {
      auto other = text;
      other[at] = '\x79';
      BOOST_TEST(!is_same_secret(text, other), size << " bytes, at " << at);
      other[at] = '\xf8'; // the highest bit alone
      BOOST_TEST(!is_same_secret(text, other), size << " bytes, at " << at);
    }
    BOOST_TEST(!is_same_secret(text, text + 'x'));
    BOOST_TEST(!is_same_secret(text, text + '\0'));
    BOOST_TEST(!is_same_secret(text, ""));
  }
}

BOOST_AUTO_TEST_SUITE_END()
