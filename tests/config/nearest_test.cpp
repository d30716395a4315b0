// Suggestions for mistyped names.
#include "config/nearest.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string_view>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(nearest)

namespace {
constexpr std::array<std::string_view, 4> names{"serve", "json", "--memory-limit", "--access-log"};
} // namespace

BOOST_AUTO_TEST_CASE(a_few_wrong_letters_are_tolerated) {
  BOOST_TEST(config::nearest("srve", names) == "serve");
  BOOST_TEST(config::nearest("servee", names) == "serve");
  BOOST_TEST(config::nearest("sevre", names) == "serve");
  BOOST_TEST(config::nearest("jsno", names) == "json");
  BOOST_TEST(config::nearest("--acess-lgo", names) == "--access-log");
}

BOOST_AUTO_TEST_CASE(the_beginning_of_a_name_is_enough) {
  BOOST_TEST(config::nearest("--memory", names) == "--memory-limit");
  BOOST_TEST(config::nearest("--m", names).empty());
}

BOOST_AUTO_TEST_CASE(a_name_far_from_all_matches_none) {
  for (const auto* typed : {"", "x", "push", "--port", "loud"})
    BOOST_TEST(config::nearest(typed, names).empty(), typed);
  BOOST_TEST(config::nearest("serve", {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
