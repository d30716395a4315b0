// The grammar and the precedence of semver.org, 2.0.0.
#include "retention/semantic_version.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry::retention;

namespace {

version version_of(std::string_view text) {
  return gantry::retention::version::parse(text).value();
}

/// Each one is older than the next one.
void check_ascending(const std::vector<std::string>& texts) {
  for (std::size_t left = 0; left < texts.size(); ++left)
    for (std::size_t right = 0; right < texts.size(); ++right)
      BOOST_TEST((version_of(texts[left]) <=> version_of(texts[right]) == (left <=> right)),
                 texts[left] + " and " + texts[right]);
}

} // namespace

BOOST_AUTO_TEST_SUITE(semantic_version)

// The examples of the clauses 9 and 10, and of the regular expression's tests that the site links.
BOOST_AUTO_TEST_CASE(the_versions_of_the_specification_are_read) {
  for (const std::string text : {"0.0.4",
                                 "1.2.3",
                                 "10.20.30",
                                 "1.1.2-prerelease+meta",
                                 "1.1.2+meta",
                                 "1.1.2+meta-valid",
                                 "1.0.0-alpha",
                                 "1.0.0-alpha.1",
                                 "1.0.0-0.3.7",
                                 "1.0.0-x.7.z.92",
                                 "1.0.0-x-y-z.--",
                                 "1.0.0-alpha+001",
                                 "1.0.0+20130313144700",
                                 "1.0.0-beta+exp.sha.5114f85",
                                 "1.0.0+21AF26D3---117B344092BD",
                                 "1.0.0-alpha.beta",
                                 "1.0.0-alpha0.valid",
                                 "1.0.0-alpha.0valid",
                                 "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
                                 "2.0.0-rc.1+build.123",
                                 "1.2.3-beta",
                                 "10.2.3-DEV-SNAPSHOT",
                                 "1.2.3-SNAPSHOT-123",
                                 "2.0.1-alpha.1227",
                                 "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
                                 "1.2.3----R-S.12.9.1--.12+meta",
                                 "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
                                 "99999999999999999999999.999999999999999999.99999999999999999",
                                 "1.0.0-0A.is.legal"})
    BOOST_TEST(gantry::retention::version::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_versions) {
  for (const std::string text : {"",
                                 "1",
                                 "1.2",
                                 "1.2.3.4",
                                 "1.2.3-0123",
                                 "1.2.3-0123.0123",
                                 "1.1.2+.123",
                                 "+invalid",
                                 "-invalid",
                                 "-invalid+invalid",
                                 "alpha",
                                 "alpha.beta.1",
                                 "1.0.0-alpha_beta.",
                                 "1.0.0-alpha.",
                                 "1.0.0-alpha..",
                                 "1.0.0-alpha..1",
                                 "01.1.1",
                                 "1.01.1",
                                 "1.1.01",
                                 "1.2.3.DEV",
                                 "1.2-SNAPSHOT",
                                 "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
                                 "1.2-RC-SNAPSHOT",
                                 "-1.0.3-gamma+b7718",
                                 "+justmeta",
                                 "9.8.7+meta+meta",
                                 "9.8.7-whatever+meta+meta",
                                 "1.a.3",
                                 "1..3",
                                 "1.2.",
                                 ".2.3",
                                 "1.2.3-",
                                 "1.2.3+",
                                 "1.2.3_",
                                 "1.2.3_a_b",
                                 "1.2.3_a+b",
                                 "1.2.3 ",
                                 "latest",
                                 "V1.2.3",
                                 "vv1.2.3",
                                 "v",
                                 "_1.2.3"})
    BOOST_TEST(!gantry::retention::version::parse(text), text);
}

// Clause 11.
BOOST_AUTO_TEST_CASE(precedence_is_that_of_the_specification) {
  check_ascending({"1.0.0", "2.0.0", "2.1.0", "2.1.1"});
  check_ascending({"1.0.0-alpha", "1.0.0"});
  check_ascending({"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
                   "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"});
}

BOOST_AUTO_TEST_CASE(numbers_are_compared_as_numbers_of_any_length) {
  check_ascending({"1.9.0", "1.10.0", "1.11.0"});
  check_ascending({"0.0.18446744073709551615", "0.0.18446744073709551616",
                   "0.0.99999999999999999999999999", "0.0.100000000000000000000000000"});
  check_ascending(
    {"1.0.0-9", "1.0.0-10", "1.0.0--", "1.0.0-0a", "1.0.0-A", "1.0.0-a", "1.0.0-a.0", "1.0.0-a-"});
}

BOOST_AUTO_TEST_CASE(a_leading_v_and_build_metadata_have_no_precedence) {
  for (const auto* text : {"v1.2.3", "1.2.3+7", "1.2.3_7", "v1.2.3_build.001"})
    BOOST_TEST((version_of(text) == version_of("1.2.3")), text);
  BOOST_TEST((version_of("v1.2.3-rc.1_7") == version_of("1.2.3-rc.1")));
  BOOST_TEST((version_of("1.2.3-rc.1") != version_of("1.2.3")));
}

BOOST_AUTO_TEST_CASE(a_hyphen_in_build_metadata_begins_no_prerelease) {
  BOOST_TEST(!version_of("1.2.3_a-b").is_prerelease());
  BOOST_TEST(version_of("1.2.3-a_b").is_prerelease());
}

BOOST_AUTO_TEST_CASE(versions_are_the_same_down_to_a_level) {
  const auto one = version_of("1.2.3");
  BOOST_TEST(one.is_same(version_level::major, version_of("1.3.3")));
  BOOST_TEST(!one.is_same(version_level::major, version_of("2.2.3")));
  BOOST_TEST(one.is_same(version_level::minor, version_of("1.2.4")));
  BOOST_TEST(!one.is_same(version_level::minor, version_of("2.2.3")));
  BOOST_TEST(!one.is_same(version_level::minor, version_of("1.3.3")));
  BOOST_TEST(one.is_same(version_level::patch, version_of("1.2.3-rc.1")));
  BOOST_TEST(!one.is_same(version_level::patch, version_of("1.2.4")));
}

BOOST_AUTO_TEST_SUITE_END()
