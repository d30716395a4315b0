// How long a registry has been idle.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(idle)

BOOST_AUTO_TEST_CASE(a_request_in_progress_is_not_idle_and_its_end_starts_the_clock) {
  running_registry server{[](app::registry_options& settings) { settings.watch_idle = true; }};
  BOOST_TEST(eventually([&] { return server.idle_for() > 5ms; }));
  registry_client client{server};
  client.send_head("POST", "/v2/a/blobs/uploads/?digest=" + sha256("bytes"),
                   {{"Content-Length", "5"}});
  BOOST_TEST(eventually([&] { return server.idle_for() == 0ms; }));
  client.send("byt");
  BOOST_TEST(server.idle_for().count() == 0);
  client.send("es");
  BOOST_TEST(client.receive().status == 201);
  BOOST_TEST(eventually([&] { return server.idle_for() > 0ms; }));
}

BOOST_AUTO_TEST_CASE(requests_that_break_or_cannot_be_read_end_too) {
  running_registry server{[](app::registry_options& settings) { settings.watch_idle = true; }};
  registry_client client{server};
  client.send("nonsense\r\n\r\n");
  BOOST_TEST(client.receive().status == 400);
  client.reconnect();
  client.send_head("POST", "/v2/a/blobs/uploads/?digest=" + sha256("bytes"),
                   {{"Content-Length", "5"}});
  BOOST_TEST(eventually([&] { return server.idle_for() == 0ms; }));
  client.reset();
  BOOST_TEST(eventually([&] { return server.idle_for() > 0ms; }));
}

BOOST_AUTO_TEST_SUITE_END()
