// Patterns of names.
#include "domain/name_glob.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(name_glob)

BOOST_AUTO_TEST_CASE(globs_that_can_match_are_taken) {
  for (const auto* glob : {"*", "team/*", "a.b_c-d/9", "team"})
    BOOST_TEST(parse_repository_glob("name", glob).value() == glob);
  for (const auto* glob : {"*", "v1.*", "Latest_1-2"})
    BOOST_TEST(parse_tag_glob("name", glob).value() == glob);
}

BOOST_AUTO_TEST_CASE(globs_that_match_nothing_are_refused_with_advice) {
  const std::string long_glob(513, 'a');
  for (const std::string glob : {"", "Team/*", "team app", "team?", "[ab]", long_glob.c_str()}) {
    const auto refused = parse_repository_glob("repository", glob);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == errc::request_invalid));
    BOOST_TEST(refused.error().detail.starts_with("repository: '"));
    BOOST_TEST(refused.error().detail.find("a pattern such as team/*") != std::string::npos);
  }
  for (const std::string glob : {"", "a/b", "a:b", "v?"}) {
    const auto refused = parse_tag_glob("tag", glob);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().detail.starts_with("tag: '"));
    BOOST_TEST(refused.error().detail.ends_with("leave the parameter out for all"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
