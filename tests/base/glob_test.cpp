#include "base/glob.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(glob)

using gantry::matches_glob;

BOOST_AUTO_TEST_CASE(a_star_stands_for_any_characters) {
  BOOST_TEST(matches_glob("repo:org/*:ref:*", "repo:org/name:ref:refs/heads/main"));
  BOOST_TEST(matches_glob("*", ""));
  BOOST_TEST(matches_glob("a*", "a"));
  BOOST_TEST(matches_glob("**a", "bba"));
  BOOST_TEST(matches_glob("*ab*ab", "abxabab"));
  BOOST_TEST(!matches_glob("repo:org/*", "repo:organisation/name"));
  BOOST_TEST(!matches_glob("*a", "ab"));
}

BOOST_AUTO_TEST_CASE(all_else_stands_for_itself) {
  BOOST_TEST(matches_glob("a.b?[c]", "a.b?[c]"));
  BOOST_TEST(!matches_glob("a.b", "axb"));
  BOOST_TEST(!matches_glob("a", "A"));
  BOOST_TEST(!matches_glob("", "a"));
  BOOST_TEST(matches_glob("", ""));
}

BOOST_AUTO_TEST_CASE(many_stars_end) {
  std::string pattern;
  for (int i = 0; i < 200; ++i)
    pattern += "*a";
  BOOST_TEST(!matches_glob(pattern + "b", std::string(5000, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
