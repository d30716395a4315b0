// How many versions stay.
#include "retention/version_limits.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;

namespace {

/// The texts of those that stay, in their order, with spaces between them.
std::string staying(const retention::version_limits& limits,
                    const std::vector<std::string>& texts) {
  std::vector<std::optional<retention::version>> versions;
  versions.reserve(texts.size());
  for (const auto& each : texts)
    versions.push_back(retention::version::parse(each));
  const auto kept = retention::kept_versions(limits, versions);
  std::string shown;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (kept[i])
      shown.append(shown.empty() ? "" : " ").append(texts[i]);
  return shown;
}

const std::vector<std::string> releases{"1.0.0", "3.0.1", "2.1.0", "2.0.9", "3.0.0",
                                        "2.1.1", "1.9.0", "2.2.0", "3.0.2"};

} // namespace

BOOST_AUTO_TEST_SUITE(version_limits)

BOOST_AUTO_TEST_CASE(no_limit_keeps_all_releases) {
  BOOST_TEST(staying({}, {"1.0.0", "0.1.0", "2.0.0"}) == "1.0.0 0.1.0 2.0.0");
}

BOOST_AUTO_TEST_CASE(the_latest_majors_stay) {
  BOOST_TEST(staying({.major = 1}, releases) == "3.0.1 3.0.0 3.0.2");
  BOOST_TEST(staying({.major = 2}, releases) == "3.0.1 2.1.0 2.0.9 3.0.0 2.1.1 2.2.0 3.0.2");
}

BOOST_AUTO_TEST_CASE(the_latest_minors_of_each_major_stay) {
  BOOST_TEST(staying({.minor = 1}, releases) == "3.0.1 3.0.0 1.9.0 2.2.0 3.0.2");
  BOOST_TEST(staying({.minor = 2}, releases) == "1.0.0 3.0.1 2.1.0 3.0.0 2.1.1 1.9.0 2.2.0 3.0.2");
}

BOOST_AUTO_TEST_CASE(the_latest_patches_of_each_minor_stay) {
  BOOST_TEST(staying({.patch = 1}, releases) == "1.0.0 2.0.9 2.1.1 1.9.0 2.2.0 3.0.2");
}

BOOST_AUTO_TEST_CASE(limits_apply_together) {
  BOOST_TEST(staying({.major = 2, .minor = 2, .patch = 1}, releases) == "2.1.1 2.2.0 3.0.2");
  BOOST_TEST(staying({.major = 1, .minor = 1, .patch = 1}, releases) == "3.0.2");
}

BOOST_AUTO_TEST_CASE(prereleases_stay_only_if_they_are_newer_than_the_newest_release) {
  const std::vector<std::string> texts{"1.0.0-rc.1", "1.0.0",      "1.1.0-rc.1", "1.1.0-rc.2",
                                       "1.0.1",      "1.1.0-rc.3", "1.0.1-rc.1", "2.0.0-alpha"};
  BOOST_TEST(staying({}, texts) == "1.0.0 1.1.0-rc.1 1.1.0-rc.2 1.0.1 1.1.0-rc.3 2.0.0-alpha");
  BOOST_TEST(staying({.prereleases = 2}, texts) == "1.0.0 1.0.1 1.1.0-rc.3 2.0.0-alpha");
  BOOST_TEST(staying({.patch = 1, .prereleases = 0}, texts) == "1.0.1");
}

BOOST_AUTO_TEST_CASE(without_a_release_all_prereleases_are_newer) {
  BOOST_TEST(staying({.major = 1, .prereleases = 2}, {"1.0.0-a", "1.0.0-c", "2.0.0-a"}) ==
             "1.0.0-c 2.0.0-a");
}

BOOST_AUTO_TEST_CASE(a_prerelease_takes_no_place_of_a_major) {
  BOOST_TEST(staying({.major = 1, .prereleases = 0}, {"1.0.0", "2.0.0-rc.1"}) == "1.0.0");
}

BOOST_AUTO_TEST_CASE(equal_versions_share_a_place) {
  BOOST_TEST(staying({.patch = 1}, {"1.0.1", "v1.0.1", "1.0.1_7", "1.0.0"}) ==
             "1.0.1 v1.0.1 1.0.1_7");
  BOOST_TEST(staying({.prereleases = 1}, {"1.0.0-b", "v1.0.0-b", "1.0.0-a"}) == "1.0.0-b v1.0.0-b");
}

BOOST_AUTO_TEST_CASE(what_is_no_version_does_not_stay) {
  BOOST_TEST(staying({}, {"latest", "1.0", "1.0.0", "v1"}) == "1.0.0");
  BOOST_TEST(staying({}, {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
