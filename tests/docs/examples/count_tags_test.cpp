// A whole server with an endpoint of one's own.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(count_tags)

using namespace gantry;
using namespace gantry::test;

// [snippet count-server-test]
BOOST_AUTO_TEST_CASE(a_server_counts_the_tags_of_a_repository) {
  running_registry server;
  registry_client client{server};
  client.push_manifest("a", "one", lone_manifest("x"));
  client.push_manifest("a", "two", lone_manifest("x"));
  BOOST_TEST(client.get("/v2/a/tags/count").body == R"({"name":"a","count":2})");
  expect_error(client, {"GET", "/v2/none/tags/count"}, 404, "NAME_UNKNOWN");
  expect_error(client, {"PUT", "/v2/a/tags/count"}, 405, "UNSUPPORTED");
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
