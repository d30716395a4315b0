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

BOOST_AUTO_TEST_SUITE_END()
