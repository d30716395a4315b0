// Which changes a watcher wants.
#include "watch/filter.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(filter)

BOOST_AUTO_TEST_CASE(an_empty_filter_matches_all) {
  const watch::filter all;
  BOOST_TEST(all.matches_all());
  BOOST_TEST(all.match("team/app", "latest"));
  BOOST_TEST(all.match("team/app", ""));
}

BOOST_AUTO_TEST_CASE(both_globs_must_match) {
  const watch::filter some{"team/*", "v1.*"};
  BOOST_TEST(!some.matches_all());
  BOOST_TEST(some.match("team/app", "v1.2"));
  BOOST_TEST(some.match("team/app/web", "v1."));
  BOOST_TEST(!some.match("teams/app", "v1.2"));
  BOOST_TEST(!some.match("team/app", "v2.1"));
}

BOOST_AUTO_TEST_CASE(a_glob_of_tags_matches_no_manifest_alone) {
  const watch::filter any_tag{.tag = "*"};
  BOOST_TEST(any_tag.match("team/app", "latest"));
  BOOST_TEST(!any_tag.match("team/app", ""));
  BOOST_TEST(watch::filter{.repository = "team/*"}.match("team/app", ""));
}

BOOST_AUTO_TEST_SUITE_END()
