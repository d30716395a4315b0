#include "domain/tag_patterns.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(tag_patterns)

BOOST_AUTO_TEST_CASE(any_of_the_patterns_is_enough) {
  const gantry::tag_patterns immutable{{"v*", "release-[0-9]"}};
  BOOST_TEST(immutable.match("v1.0"));
  BOOST_TEST(immutable.match("release-7"));
  BOOST_TEST(!immutable.match("release-x"));
  BOOST_TEST(!immutable.match("latest"));
}

BOOST_AUTO_TEST_CASE(none_match_nothing) {
  BOOST_TEST(gantry::tag_patterns{}.empty());
  BOOST_TEST(!gantry::tag_patterns{}.match("v1"));
}

BOOST_AUTO_TEST_SUITE_END()
