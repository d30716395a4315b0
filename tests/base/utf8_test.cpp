#include "base/utf8.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(well_formed_sequences_have_one_to_four_bytes) {
  BOOST_TEST(utf8_length("a") == 1U);
  BOOST_TEST(utf8_length("\xC3\xA4") == 2U);
  BOOST_TEST(utf8_length("\xE2\x80\xA6") == 3U);
  BOOST_TEST(utf8_length("\xF0\x9F\x9A\xA2") == 4U);
  BOOST_TEST(is_utf8(""));
  BOOST_TEST(is_utf8("a\xC3\xA4\xE2\x80\xA6\xF0\x9F\x9A\xA2\x7F"));
}

BOOST_AUTO_TEST_CASE(other_bytes_are_refused) {
  for (const auto* text : {"\x80", "\xFF", "a\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xE2\x80"})
    BOOST_TEST(!is_utf8(text));
}

BOOST_AUTO_TEST_SUITE_END()
