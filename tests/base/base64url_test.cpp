// Base64url, with the example of RFC 7515, appendix C.
#include "base/base64url.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(base64url)

BOOST_AUTO_TEST_CASE(texts_of_every_length_are_written_and_read) {
  const std::pair<std::string, std::string> vectors[] = {
    {"", ""},        {"f", "Zg"},         {"fo", "Zm8"},
    {"foo", "Zm9v"}, {"foob", "Zm9vYg"},  {"fooba", "Zm9vYmE"},
    {"\xfb", "-w"},  {"\xff\xff", "__8"}, {"\x03\xec\xff\xe0\xc1", "A-z_4ME"}};
  for (const auto& [bytes, text] : vectors) {
    BOOST_TEST(to_base64url(bytes) == text);
    BOOST_TEST(from_base64url(text).value() == bytes);
  }
}

BOOST_AUTO_TEST_CASE(every_byte_survives) {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes += static_cast<char>(i);
  BOOST_TEST(from_base64url(to_base64url(bytes)).value() == bytes);
}

BOOST_AUTO_TEST_CASE(other_texts_are_refused) {
  for (const std::string_view text :
       {"Z", "Zm9vY", "=", "Zg=", "Zg==", "Zm8=", "Z===", "====", "Zm9v\n", " Zm9v", "Zm 9v",
        "Z*9v", "Zm9v.", "A+z_", "A/z_", "\xc3\xa4zz"})
    BOOST_TEST(!from_base64url(text), text);
  BOOST_TEST(!from_base64url(std::string_view{"Zg\0", 3}));
}

BOOST_AUTO_TEST_CASE(spare_bits_are_zero) {
  // One byte leaves four bits, two bytes leave two.
  for (const std::string_view text : {"Zh", "Zx", "Z_", "Zm9", "Zm-", "Zm9vYmF"})
    BOOST_TEST(!from_base64url(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
