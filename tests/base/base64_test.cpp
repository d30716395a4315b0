// Base64, with the vectors of RFC 4648, section 10.
#include "base/base64.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(texts_of_every_length_are_written_and_read) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    BOOST_TEST(to_base64(bytes) == text);
    BOOST_TEST(from_base64(text).value() == bytes);
  }
}

BOOST_AUTO_TEST_CASE(every_byte_survives) {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes += static_cast<char>(i);
  BOOST_TEST(from_base64(to_base64(bytes)).value() == bytes);
}

BOOST_AUTO_TEST_CASE(other_texts_are_refused) {
  for (const auto* text : {"Z", "Zg=", "Zg", "Z===", "====", "Zm9v\n", "Z*9v", "=m9v", "Zm9-"})
    BOOST_TEST(!from_base64(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
