#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

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

BOOST_AUTO_TEST_CASE(a_text_in_lower_case_keeps_what_is_no_letter) {
  BOOST_TEST(in_lower_case("Content-MD5 \xC4") == "content-md5 \xC4");
  BOOST_TEST(in_lower_case("") == "");
}

BOOST_AUTO_TEST_CASE(controls_are_those_of_ascii) {
  for (const char c : {'\0', '\t', '\n', '\x1f', '\x7f'})
    BOOST_TEST(is_control(c));
  for (const char c : {' ', 'a', '~', '\x80', '\xff'})
    BOOST_TEST(!is_control(c));
}

BOOST_AUTO_TEST_CASE(a_token_is_letters_digits_and_marks) {
  BOOST_TEST(is_token("Content-Length"));
  BOOST_TEST(is_token("!#$%&'*+-.^_`|~09azAZ"));
  for (const std::string_view text : {"", "a b", "a:", "(a)", "a\"", "\xC3\xA4"})
    BOOST_TEST(!is_token(text));
}

BOOST_AUTO_TEST_CASE(a_list_is_split_without_its_empty_items) {
  using items = std::vector<std::string_view>;
  BOOST_TEST((split("a,bc,d", ',') == items{"a", "bc", "d"}));
  BOOST_TEST((split(",,a,,b,", ',') == items{"a", "b"}));
  BOOST_TEST((split("a b", ',') == items{"a b"}));
  BOOST_TEST(split("", ',').empty());
  BOOST_TEST(split(",", ',').empty());
}

BOOST_AUTO_TEST_CASE(items_are_joined) {
  BOOST_TEST(join({"a", "b", "c"}, ", ") == "a, b, c");
  BOOST_TEST(join({"a"}, " ") == "a");
  BOOST_TEST(join({}, " ") == "");
}

BOOST_AUTO_TEST_CASE(quotes_are_single) {
  BOOST_TEST(in_quotes("a b") == "'a b'");
  BOOST_TEST(in_quotes("") == "''");
}

BOOST_AUTO_TEST_CASE(lines_are_counted_and_come_without_their_ends) {
  std::string seen;
  const auto note = [&seen](std::string_view line, std::size_t number) {
    seen += std::to_string(number) + "=" + std::string{line} + ";";
  };
  for_each_line("a\n\nb", note);
  BOOST_TEST(seen == "1=a;2=;3=b;");
  seen.clear();
  for_each_line("a\n", note);
  BOOST_TEST(seen == "1=a;");
  seen.clear();
  for_each_line("", note);
  BOOST_TEST(seen == "");
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
