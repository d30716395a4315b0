// A whole server with an endpoint of one's own.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::test;

BOOST_FIXTURE_TEST_SUITE(count_tags, registry_case, *boost::unit_test::fixture<shared_registry>())

// [snippet count-server-test]
BOOST_AUTO_TEST_CASE(a_server_counts_the_tags_of_a_repository) {
  client.push_manifest("counted", "one", lone_manifest("x"));
  client.push_manifest("counted", "two", lone_manifest("x"));
  BOOST_TEST(client.get("/v2/counted/tags/count").body == R"({"name":"counted","count":2})");
  expect_error(client, {"GET", "/v2/none/tags/count"}, 404, "NAME_UNKNOWN");
  expect_error(client, {"PUT", "/v2/counted/tags/count"}, 405, "UNSUPPORTED");
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
