// Turns, on a clock of the test's own.
#include "base/once_per.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(once_per)

BOOST_AUTO_TEST_CASE(one_caller_per_interval_gets_a_turn) {
  const gantry::once_per::clock::time_point begin{1h};
  gantry::once_per looks{1s, begin};
  BOOST_TEST(!looks.take_turn(begin));
  BOOST_TEST(!looks.take_turn(begin + 999ms));
  BOOST_TEST(looks.take_turn(begin + 1s));
  BOOST_TEST(!looks.take_turn(begin + 1s));
  BOOST_TEST(!looks.take_turn(begin + 1999ms));
  BOOST_TEST(looks.take_turn(begin + 10s));
  BOOST_TEST(!looks.take_turn(begin + 10s));
}

BOOST_AUTO_TEST_SUITE_END()
