// Which repositories a pattern means.
#include "policy/repository_pattern.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(repository_pattern)

namespace {

using pattern = gantry::policy::repository_pattern;

struct row {
  std::string_view pattern;
  std::vector<std::string_view> fits;
  std::vector<std::string_view> others;
};

const row rows[] = {
  {"app", {"app"}, {"apps", "ap", "app/x", "x/app"}},
  {"team/app", {"team/app"}, {"team", "team/app/x", "team/apps", "other/team/app"}},
  {"*", {"app", "a"}, {"a/b"}},
  {"**", {"app", "a/b", "a/b/c"}, {}},
  {"team/*", {"team/app", "team/x"}, {"team", "team/a/b", "teams/a", "x/team/a"}},
  {"team/**", {"team/app", "team/a/b", "team/a/b/c"}, {"team", "teams", "teams/a", "x/team/a"}},
  {"team-*", {"team-a", "team-a-b"}, {"team", "team-a/b", "my-team-a"}},
  {"team-*/**", {"team-a/b", "team-a/b/c"}, {"team-a", "team/a"}},
  {"*/app", {"team/app"}, {"app", "a/b/app", "team/apps"}},
  {"**/app", {"team/app", "a/b/app", "app/app"}, {"app", "team/app/x", "team/my-app"}},
  {"a/**/z", {"a/b/z", "a/b/c/z", "a/z/z"}, {"a/z", "a/b/z/c", "b/b/z"}},
  {"a/**/m/**/z", {"a/m/m/m/z", "a/b/m/c/d/z"}, {"a/m/z", "a/b/m/z"}},
  {"**/**", {"a/b", "a/b/c"}, {"a"}},
  {"*a*b*", {"ab", "xaxbx", "aab"}, {"ba", "a/b", "b"}},
  {"v*.x", {"v1.x", "v1.2.x"}, {"v1x", "v1.xy"}},
};

std::string refusal_of(std::string_view text) {
  try {
    pattern::parse(text);
    return {};
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(stars_stay_within_a_component_and_double_stars_take_whole_ones) {
  for (const auto& [text, fits, others] : rows) {
    const auto parsed = pattern::parse(text);
    for (const auto name : fits)
      BOOST_TEST(parsed.match(name), text << " does not match " << name);
    for (const auto name : others)
      BOOST_TEST(!parsed.match(name), text << " matches " << name);
  }
}

BOOST_AUTO_TEST_CASE(only_the_double_star_alone_is_every_repository) {
  BOOST_TEST(pattern::parse("**").matches_all());
  for (const auto* text : {"*", "a/**", "**/a", "**/**"})
    BOOST_TEST(!pattern::parse(text).matches_all(), text);
}

BOOST_AUTO_TEST_CASE(what_matches_nothing_is_refused) {
  for (const auto* text : {"", "/", "team/", "/team", "a//b", "Team", "a..b", "team/-*", "a b",
                           "team?", "[ab]", "../a", "a___*", "{a,b}", "!a"})
    BOOST_TEST(refusal_of(text).find("matches no repository") != std::string::npos, text);
  BOOST_TEST(refusal_of(std::string(256, 'a')).find("matches no repository") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(double_stars_beside_other_characters_are_refused) {
  for (const auto* text : {"team**", "**app", "a/b**/c", "***", "a/***"})
    BOOST_TEST(
      refusal_of(text).find("write it between slashes, as in team/**") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(many_stars_take_no_exponential_time) {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += "*a*/";
  const auto parsed = pattern::parse(text + "b");
  std::string name;
  for (int i = 0; i < 127; ++i)
    name += "a/";
  BOOST_TEST(!parsed.match(name + "a"));
  BOOST_TEST(!pattern::parse(std::string(100, '*').replace(1, 99, "a*a*a*a*a*a*a*a*a*a*b"))
                .match(std::string(255, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
