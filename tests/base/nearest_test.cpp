// Suggestions for mistyped names.
#include "base/nearest.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string_view>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(nearest)

namespace {
constexpr std::array<std::string_view, 4> names{"serve", "json", "--memory-limit", "--access-log"};
} // namespace

BOOST_AUTO_TEST_CASE(a_few_wrong_letters_are_tolerated) {
  BOOST_TEST(gantry::nearest("srve", names) == "serve");
  BOOST_TEST(gantry::nearest("servee", names) == "serve");
  BOOST_TEST(gantry::nearest("sevre", names) == "serve");
  BOOST_TEST(gantry::nearest("jsno", names) == "json");
  BOOST_TEST(gantry::nearest("--acess-lgo", names) == "--access-log");
}

BOOST_AUTO_TEST_CASE(the_beginning_of_a_name_is_enough) {
  BOOST_TEST(gantry::nearest("--memory", names) == "--memory-limit");
  BOOST_TEST(gantry::nearest("--m", names).empty());
}

BOOST_AUTO_TEST_CASE(a_name_far_from_all_matches_none) {
  for (const auto* typed : {"", "x", "push", "--port", "loud"})
    BOOST_TEST(gantry::nearest(typed, names).empty(), typed);
  BOOST_TEST(gantry::nearest("serve", {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
