// How a registry stops: what is in flight ends well, nothing new begins.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

struct stopping_registry {
  running_registry server;
  registry_client client{server};

  bool refuses_connections() const {
    try {
      const http_connection probe{server.port()};
      return false;
    } catch (const http_failure&) {
      return true;
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(drain, stopping_registry)

// case 190
BOOST_AUTO_TEST_CASE(an_upload_in_flight_ends_well_while_new_connections_are_refused) {
  const auto bytes = noise(2'000'000, 190);
  const auto session = client.start_upload("drain/upload");
  registry_client uploading{server};
  uploading.send_head("PUT", with_query(session, "digest=" + sha256(bytes)),
                      {{"Content-Length", std::to_string(bytes.size())}});
  uploading.send(bytes.substr(0, 1'000'000));
  BOOST_TEST(eventually([&] { return client.upload_offset(session) > 0; }));
  background stop{[this](const std::atomic<bool>&) { server.stop(); }};
  BOOST_TEST(eventually([this] { return refuses_connections(); }));
  BOOST_TEST(client.peer_closes());
  uploading.send(bytes.substr(1'000'000));
  const auto response = uploading.receive();
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.closes());
  BOOST_TEST(uploading.peer_closes());
  stop.join();
}

// case 181
BOOST_AUTO_TEST_CASE(a_draining_server_says_that_it_is_not_ready) {
  client.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
              "GET /readyz HTTP/1.1\r\nHost: x\r\n");
  BOOST_TEST(client.receive().body == R"({"status":"ok"})");
  background stop{[this](const std::atomic<bool>&) { server.stop(); }};
  BOOST_TEST(eventually([this] { return refuses_connections(); }));
  client.send("\r\n");
  const auto response = client.receive();
  check_error(response, 503, "UNAVAILABLE", true);
  BOOST_TEST(response.closes());
  BOOST_TEST(client.peer_closes());
  stop.join();
}

// case 190
BOOST_AUTO_TEST_CASE(an_upload_that_does_not_end_is_cut_off) {
  running_registry short_server{[](auto& settings) { settings.http.drain_timeout = 300ms; }};
  registry_client uploading{short_server};
  const auto session = uploading.start_upload("drain/cut");
  uploading.send_head("PATCH", session, {{"Content-Length", "1000000"}});
  uploading.send("a few bytes");
  const auto begin = std::chrono::steady_clock::now();
  short_server.stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 8s));
  uploading.read_until_close();
}

// case 190
BOOST_AUTO_TEST_CASE(a_download_in_flight_ends_well) {
  const auto bytes = noise(16'000'000, 1901);
  const auto id = client.push_blob("drain/download", bytes);
  registry_client reading{server};
  reading.send_head("GET", blob_path("drain/download", id));
  BOOST_TEST(eventually([&reading] { return !reading.silent(); }));
  background stop{[this](const std::atomic<bool>&) { server.stop(); }};
  BOOST_TEST(eventually([this] { return refuses_connections(); }));
  BOOST_TEST((reading.receive().body == bytes));
  stop.join();
}

BOOST_AUTO_TEST_CASE(stopping_twice_or_with_idle_clients_is_quick) {
  const registry_client idle{server};
  const auto begin = std::chrono::steady_clock::now();
  server.stop();
  server.stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
}

BOOST_AUTO_TEST_SUITE_END()
