// Settings that are replaced while the registry serves.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::test;

namespace {

void read_only(gantry::app::registry_options& settings) {
  settings.api.read_only = true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(replaced_settings)

BOOST_AUTO_TEST_CASE(the_next_request_sees_what_was_replaced) {
  running_registry server;
  registry_client client{server};
  client.start_upload("settings/next");
  server.apply(read_only);
  const auto refused = client.post(uploads_path("settings/next"));
  BOOST_TEST(refused.status == 405);
  BOOST_TEST(refused.header("Allow").empty());
  server.apply({});
  BOOST_TEST(client.post(uploads_path("settings/next")).status == 202);
}

BOOST_AUTO_TEST_CASE(a_request_keeps_the_settings_that_it_began_with) {
  running_registry server;
  registry_client pushing{server};
  const std::string bytes = "0123456789";
  const auto location = pushing.start_upload("settings/kept");
  pushing.send_head("PUT", with_query(location, "digest=" + sha256(bytes)),
                    {{"Expect", "100-continue"}, {"Content-Length", "10"}});
  BOOST_TEST(pushing.receive_any().status == 100); // the stages are behind it
  server.apply([](auto& settings) {
    settings.api.absolute_locations = true;
    settings.api.headers = {{"X-Replaced", "yes"}};
  });
  pushing.send(bytes);
  const auto stored = pushing.receive();
  BOOST_TEST(stored.status == 201);
  BOOST_TEST(stored.header("Location").starts_with("/v2/"));
  BOOST_TEST(stored.header("X-Replaced").empty());

  const auto next = pushing.post(uploads_path("settings/kept"));
  BOOST_TEST(next.header("Location").starts_with("http://"));
  BOOST_TEST(next.header("X-Replaced") == "yes");
  pushing.send("GET / HTTP/9\r\n\r\n"); // refused before the stages
  BOOST_TEST(pushing.receive().header("X-Replaced") == "yes");
}

BOOST_AUTO_TEST_CASE(what_needs_a_restart_stays) {
  running_registry server;
  registry_client client{server};
  server.apply([](auto& settings) {
    settings.api.prefix = "/moved";
    settings.api.chunk_min_length = 1000;
  });
  BOOST_TEST(client.get("/v2/").status == 200);
  BOOST_TEST(client.post(uploads_path("settings/stays")).header("OCI-Chunk-Min-Length").empty());
}

BOOST_AUTO_TEST_SUITE_END()
