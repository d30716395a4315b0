// Ranges of names.
#include "synthesis/name_range.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(name_range)

using gantry::synthesis::expand_range;
using texts = std::vector<std::string>;

BOOST_AUTO_TEST_CASE(names_without_two_dots_stand_for_themselves) {
  for (const auto* name : {"latest", "1.0", "v1.2.3", "", "a.b"})
    BOOST_TEST(expand_range(name, 10) == texts{name}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ranges_count_numbers_and_letters) {
  const auto expands = [](const char* range, const texts& names) {
    BOOST_TEST_CONTEXT(range) {
      BOOST_TEST(expand_range(range, 10) == names, boost::test_tools::per_element());
    }
  };
  expands("a..d", {"a", "b", "c", "d"});
  expands("X..Z", {"X", "Y", "Z"});
  expands("8..11", {"8", "9", "10", "11"});
  expands("08..11", {"08", "09", "10", "11"});
  expands("v1..v3", {"v1", "v2", "v3"});
  expands("1.8..1.10", {"1.8", "1.9", "1.10"});
  expands("rc-a..rc-c", {"rc-a", "rc-b", "rc-c"});
  expands("7..7", {"7"});
  expands("18446744073709551614..18446744073709551615",
          {"18446744073709551614", "18446744073709551615"});
}

BOOST_AUTO_TEST_CASE(malformed_ranges_are_refused) {
  const auto refuses = [](const char* range, const std::string& reason) {
    BOOST_CHECK_EXCEPTION(expand_range(range, 10), std::invalid_argument, [&](const auto& why) {
      BOOST_TEST(why.what() == "the range '" + std::string{range} + "' " + reason);
      return true;
    });
  };
  const std::string form = "is not of a form such as a..z, 1..100 or v1..v9";
  for (const auto* range :
       {"..", "a..", "..z", "a..zz", "a..Z", "A..z", "v1..w9", "1..z", "a..b..c", "a...c", "v1..9",
        "18446744073709551616..18446744073709551617"})
    refuses(range, form);
  refuses("z..a", "runs backwards");
  refuses("10..9", "runs backwards");
  refuses("1..11", "has more than 10 names");
  refuses("0..18446744073709551615", "has more than 10 names");
  refuses("a..z", "has more than 10 names");
}

BOOST_AUTO_TEST_SUITE_END()
