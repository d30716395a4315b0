// An endpoint of one's own: its request line, and a whole server that has it.
#include "http/api_request.hpp"
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <variant>

BOOST_AUTO_TEST_SUITE(count_tags)

using namespace gantry;
using namespace gantry::test;
using http::parse_request;

// [snippet count-parse-test]
BOOST_AUTO_TEST_CASE(the_route_is_found_behind_any_name) {
  const auto request = parse_request("GET", "/v2/tags/count/tags/count", {}).value();
  BOOST_TEST(std::get<http::api::count_tags>(request).repository.to_string() == "tags/count");
  BOOST_TEST(parse_request("PUT", "/v2/a/tags/count", {}).error().allow == "GET, HEAD");
}
// [/snippet]

// [snippet count-server-test]
BOOST_AUTO_TEST_CASE(a_server_counts_the_tags_of_a_repository) {
  running_registry server;
  registry_client client{server};
  client.push_manifest("a", "one", lone_manifest("x"));
  client.push_manifest("a", "two", lone_manifest("x"));
  BOOST_TEST(client.get("/v2/a/tags/count").body == R"({"name":"a","count":2})");
  expect_error(client, {"GET", "/v2/none/tags/count"}, 404, "NAME_UNKNOWN");
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
