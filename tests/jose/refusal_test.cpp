// Reasons, and what logs show of strange texts.
#include "jose/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>
#include <string>

using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(refusal)

BOOST_AUTO_TEST_CASE(every_reason_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 1; i <= static_cast<int>(last_reason); ++i)
    names.insert(to_string(static_cast<reason>(i)));
  BOOST_TEST(names.size() == static_cast<std::size_t>(last_reason));
  BOOST_TEST(!names.contains("unknown"));
}

BOOST_AUTO_TEST_CASE(a_shown_text_is_one_short_line_that_stays_in_its_quotes) {
  BOOST_TEST(shown("key-1") == "'key-1'");
  BOOST_TEST(shown("") == "''");
  BOOST_TEST(shown("a' and \"b\"\\\n\r\t\x1b[31m\x7f") == "'a? and ?b??????[31m?"
                                                          "'");
  BOOST_TEST(shown("\xc3\xa4z") == "'??z'");
  BOOST_TEST(shown(std::string_view{"a\0b", 3}) == "'a?b'");
  const std::string exactly(max_shown, 'x');
  BOOST_TEST(shown(exactly) == "'" + exactly + "'");
  BOOST_TEST(shown(exactly + "y") == "'" + exactly + "...'");
}

BOOST_AUTO_TEST_CASE(the_value_of_a_refusal_is_a_bug) {
  const outcome<int> refused = refuse(reason::expired, "too late");
  BOOST_CHECK_EXCEPTION(refused.value(), std::runtime_error, [](const std::runtime_error& thrown) {
    return std::string{thrown.what()} == "expired: too late";
  });
}

BOOST_AUTO_TEST_SUITE_END()
