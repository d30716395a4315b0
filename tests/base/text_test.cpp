#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(surrounding_spaces_are_trimmed) {
  BOOST_TEST(trim(" \ta b\t ") == "a b");
  BOOST_TEST(trim("a") == "a");
  BOOST_TEST(trim(" \t ") == "");
  BOOST_TEST(trim("") == "");
}

BOOST_AUTO_TEST_CASE(case_is_folded_in_ascii_only) {
  BOOST_TEST(to_lower('Z') == 'z');
  BOOST_TEST(to_lower('a') == 'a');
  BOOST_TEST(to_lower('[') == '[');
  BOOST_TEST(to_lower('\xC4') == '\xC4');
}

BOOST_AUTO_TEST_CASE(an_excerpt_ends_between_characters) {
  BOOST_TEST(excerpt("short", 5) == "short");
  BOOST_TEST(excerpt("longer", 5) == "longe…");
  BOOST_TEST(excerpt("abcä", 4) == "abc…");
  BOOST_TEST(excerpt("\x80\x80\x80", 2) == "…");
  BOOST_TEST(excerpt("", 0) == "");
}

BOOST_AUTO_TEST_CASE(hex_digits_of_both_cases_have_a_value) {
  BOOST_TEST(hex_value('0') == 0);
  BOOST_TEST(hex_value('9') == 9);
  BOOST_TEST(hex_value('a') == 10);
  BOOST_TEST(hex_value('F') == 15);
  for (const char c : {'g', 'G', '/', ':', '`', '@', '\0', '\xFF'})
    BOOST_TEST(hex_value(c) == -1);
}

BOOST_AUTO_TEST_CASE(a_number_is_the_whole_text) {
  BOOST_TEST(gantry::whole_number("0").value() == 0u);
  BOOST_TEST(gantry::whole_number("18446744073709551615").value() == 18446744073709551615u);
  for (const auto* text : {"", " 1", "1 ", "+1", "-1", "1x", "0x1", "18446744073709551616"})
    BOOST_TEST(!gantry::whole_number(text), text);
}

BOOST_AUTO_TEST_CASE(other_bytes_than_ascii_are_replaced) {
  BOOST_TEST(gantry::to_ascii("") == "");
  BOOST_TEST(gantry::to_ascii("a\"\n~") == "a\"\n~");
  BOOST_TEST(gantry::to_ascii("a\xff\xc3\xa4z") == "a???z");
}

BOOST_AUTO_TEST_SUITE_END()
