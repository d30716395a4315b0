// A whole server with the pull counter, on both engines.
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::test;

BOOST_AUTO_TEST_SUITE(pulls)

// [snippet pull-server-test]
BOOST_DATA_TEST_CASE(pulls_are_counted_and_pushes_are_not,
                     boost::unit_test::data::make({false, true}), on_disk) {
  const temp_dir folder;
  const running_registry server{[&](app::registry_options& settings) {
    if (on_disk)
      settings.data = (folder.path() / "data").string();
  }};
  registry_client client{server};
  client.push_manifest("busy", "1", lone_manifest("x"));
  client.get(manifest_path("busy", "1"));
  client.get(manifest_path("busy", "1"));
  client.head(manifest_path("busy", "1"));
  client.get(manifest_path("busy", "2"));
  BOOST_TEST(client.get("/v2/busy/_gantry/pulls/count").body == R"({"name":"busy","pulls":2})");
  expect_error(client, {"GET", "/v2/none/_gantry/pulls/count"}, 404, "NAME_UNKNOWN");
  expect_error(client, {"PUT", "/v2/busy/_gantry/pulls/count"}, 405, "UNSUPPORTED");
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
