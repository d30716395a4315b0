// Which changes a watcher wants.
#include "watch/filter.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

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

BOOST_AUTO_TEST_CASE(globs_that_can_match_are_taken) {
  for (const auto* glob : {"*", "team/*", "a.b_c-d/9", "team"})
    BOOST_TEST(watch::read_repository_glob(glob).value() == glob);
  for (const auto* glob : {"*", "v1.*", "Latest_1-2"})
    BOOST_TEST(watch::read_tag_glob(glob).value() == glob);
}

BOOST_AUTO_TEST_CASE(globs_that_match_nothing_are_refused_with_advice) {
  const std::string long_glob(513, 'a');
  for (const std::string glob : {"", "Team/*", "team app", "team?", "[ab]", long_glob.c_str()}) {
    const auto refused = watch::read_repository_glob(glob);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == errc::request_invalid));
    BOOST_TEST(refused.error().detail.starts_with("repository: '"));
    BOOST_TEST(refused.error().detail.find("a pattern such as team/*") != std::string::npos);
  }
  for (const std::string glob : {"", "a/b", "a:b", "v?"}) {
    const auto refused = watch::read_tag_glob(glob);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().detail.starts_with("tag: '"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
