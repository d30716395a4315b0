// The rows of rich lists as JSON.
#include "api/listing_json.hpp"

#include "base/timestamp.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::listing;

namespace {

repository_name listed_name() {
  return repository_name::parse("team/app").value();
}

time_point listed_time() {
  return parse_timestamp("2026-01-31T12:00:00.5Z").value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(listing_json)

BOOST_AUTO_TEST_CASE(a_repository_shows_all_that_is_known) {
  const repository_record full{.name = listed_name(),
                               .tags = 1,
                               .manifests = 2,
                               .own_bytes = 3,
                               .shared_bytes = 4,
                               .pushed = listed_time(),
                               .pulls = {5, listed_time()}};
  BOOST_TEST(api::render(std::vector{full, repository_record{.name = listed_name()}}) ==
             R"({"repositories":[{"name":"team/app","tags":1,"manifests":2,"own_bytes":3,)"
             R"("shared_bytes":4,"pushed":"2026-01-31T12:00:00.500000Z",)"
             R"("pulled":"2026-01-31T12:00:00.500000Z","pulls":5},)"
             R"({"name":"team/app","tags":0,"manifests":0,"own_bytes":0,"shared_bytes":0,)"
             R"("pulls":0}]})");
}

BOOST_AUTO_TEST_CASE(a_tag_always_has_platforms_pulls_and_referrers) {
  const auto id = digest::of("x");
  const tag_record full{.name = tag::parse("v1").value(),
                        .target = id,
                        .media_type = "a/b",
                        .size = 7,
                        .platforms = {"linux/amd64", "linux/arm64/v8"},
                        .pushed = listed_time(),
                        .pushed_by = "ann",
                        .pulls = {3, listed_time()},
                        .referrers = {{"application/spdx+json", 2}, {"c/d", 1}}};
  const tag_record plain{.name = tag::parse("v2").value(), .target = id, .pushed = listed_time()};
  BOOST_TEST(api::render(listed_name(), {full, plain}) ==
             R"({"repository":"team/app","tags":[{"name":"v1","digest":")" + id.to_string() +
               R"(","mediaType":"a/b","size":7,"platforms":["linux/amd64","linux/arm64/v8"],)"
               R"("pushed":"2026-01-31T12:00:00.500000Z","pushed_by":"ann",)"
               R"("pulled":"2026-01-31T12:00:00.500000Z","pulls":3,)"
               R"("referrers":{"application/spdx+json":2,"c/d":1}},)"
               R"({"name":"v2","digest":")" +
               id.to_string() +
               R"(","mediaType":"","size":0,"platforms":[],)"
               R"("pushed":"2026-01-31T12:00:00.500000Z","pulls":0,"referrers":{}}]})");
}

BOOST_AUTO_TEST_CASE(a_manifest_without_a_type_shows_none) {
  const auto id = digest::of("x");
  const manifest_record full{.repository = listed_name(),
                             .id = id,
                             .media_type = "a/b",
                             .artifact_type = "c/d",
                             .size = 7,
                             .platforms = {"linux/amd64"},
                             .tags = {"v1"}};
  const manifest_record plain{.repository = listed_name(), .id = id};
  BOOST_TEST(api::render(std::vector{full, plain}) ==
             R"({"manifests":[{"repository":"team/app","digest":")" + id.to_string() +
               R"(","mediaType":"a/b","artifactType":"c/d","size":7,"platforms":["linux/amd64"],)"
               R"("tags":["v1"]},{"repository":"team/app","digest":")" +
               id.to_string() + R"(","mediaType":"","size":0,"platforms":[],"tags":[]}]})");
}

BOOST_AUTO_TEST_CASE(an_empty_page_is_a_list) {
  BOOST_TEST(api::render(std::vector<repository_record>{}) == R"({"repositories":[]})");
  BOOST_TEST(api::render(std::vector<manifest_record>{}) == R"({"manifests":[]})");
}

BOOST_AUTO_TEST_SUITE_END()
