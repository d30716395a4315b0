// Patterns of the names of repositories and tags.
#include "retention/name_pattern.hpp"

#include "support/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;

namespace {

std::string repository_refusal(const std::string& text) {
  return test::refusal_of([&] { retention::name_pattern::of_repositories(text); });
}

std::string tag_refusal(const std::string& text) {
  return test::refusal_of([&] { retention::name_pattern::of_tags(text); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(name_pattern)

BOOST_AUTO_TEST_CASE(a_star_stands_for_any_characters) {
  const auto below = retention::name_pattern::of_repositories("team/*");
  BOOST_TEST(below.match("team/app"));
  BOOST_TEST(below.match("team/app/web"));
  BOOST_TEST(!below.match("team"));
  BOOST_TEST(!below.match("teams/app"));
  const auto minor = retention::name_pattern::of_tags("v1.*-rc*");
  BOOST_TEST(minor.match("v1.2-rc"));
  BOOST_TEST(minor.match("v1.-rc.1"));
  BOOST_TEST(!minor.match("v1.2"));
}

BOOST_AUTO_TEST_CASE(one_of_several_is_enough) {
  const retention::pattern_list some{retention::name_pattern::of_tags("a*"),
                                     retention::name_pattern::of_tags("b")};
  BOOST_TEST(retention::match_any(some, "ab"));
  BOOST_TEST(retention::match_any(some, "b"));
  BOOST_TEST(!retention::match_any(some, "bb"));
  BOOST_TEST(!retention::match_any({}, "a"));
}

BOOST_AUTO_TEST_CASE(patterns_that_can_match_are_taken) {
  for (const std::string text : {"*", "**", "team", "team/*", "*/app", "a.b_c--d/9", "a*-b"})
    BOOST_TEST(repository_refusal(text) == "accepted", text);
  for (const std::string text : {"*", "v1.*", "Latest_1-2", "*-lts", "_*"})
    BOOST_TEST(tag_refusal(text) == "accepted", text);
}

BOOST_AUTO_TEST_CASE(patterns_that_match_nothing_are_refused_with_advice) {
  const std::string long_text(513, '*');
  for (const std::string text :
       {"", "Team/*", "team?", "{a,b}", "/*", "*/", "a//b", "a...*", "a:*", long_text.c_str()})
    BOOST_TEST(repository_refusal(text).find("matches no repository: write a name, or a pattern "
                                             "such as team/*") != std::string::npos,
               text);
  for (const std::string text :
       {"", "v?", "v[0-9]", "^v.*$", "v\\d+", "a/b", ".*", "-*", "a b", long_text.c_str()})
    BOOST_TEST(tag_refusal(text).find("matches no tag: write a tag, or a pattern such as v1.*") !=
                 std::string::npos,
               text);
  BOOST_TEST(tag_refusal("v?").starts_with("'v?' "));
}

BOOST_AUTO_TEST_SUITE_END()
