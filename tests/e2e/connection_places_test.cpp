// A full registry: which connections give up their place.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

/// A registry with this connection limit.
struct narrow {
  running_registry server;

  explicit narrow(std::size_t places, std::chrono::milliseconds body_timeout = 1h,
                  unsigned threads = 2)
    : server{[=](auto& settings) {
        settings.threads = threads;
        settings.http.max_connections = places;
        settings.http.body_timeout = body_timeout;
        settings.http.idle_timeout = 1h;
      }} {}
};

bool serves(registry_client& client) {
  return client.get("/v2/").body == "{}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(connection_places)

BOOST_AUTO_TEST_CASE(the_longest_idle_connection_makes_room) {
  // On one thread, an answered connection is known to be idle before the next is accepted.
  narrow full{2, 1h, 1};
  registry_client first{full.server};
  BOOST_TEST(serves(first));
  registry_client second{full.server};
  BOOST_TEST(serves(second));
  BOOST_TEST(serves(first)); // now the second has been idle longest
  for (int round = 0; round < 20; ++round) {
    registry_client third{full.server};
    BOOST_TEST(serves(third));
    BOOST_TEST(second.peer_closes());
    BOOST_TEST(serves(first));
    BOOST_TEST(serves(third));
    second = std::move(first);
    first = std::move(third);
  }
}

BOOST_AUTO_TEST_CASE(connections_without_a_request_make_room) {
  narrow full{20};
  std::vector<registry_client> mute;
  for (int i = 0; i < 100; ++i)
    mute.emplace_back(full.server);
  registry_client asking{full.server};
  BOOST_TEST(serves(asking));
}

BOOST_AUTO_TEST_CASE(requests_in_progress_are_not_cut_off_for_a_newcomer) {
  narrow full{1};
  registry_client pushing{full.server};
  const auto session = pushing.start_upload("full/a");
  pushing.send_head("PATCH", session, {{"Expect", "100-continue"}, {"Content-Length", "10"}});
  BOOST_TEST(pushing.receive_any().status == 100); // the server has the request
  pushing.send("01234");
  registry_client newcomer{full.server};
  newcomer.send_head("GET", "/v2/");
  pushing.send("56789");
  BOOST_TEST(pushing.receive().status == 202);
  BOOST_TEST(newcomer.receive().body == "{}"); // the other is idle now
  BOOST_TEST(pushing.peer_closes());
}

BOOST_AUTO_TEST_CASE(a_stalled_body_makes_room_if_none_is_idle) {
  narrow full{2, 50ms};
  registry_client first{full.server};
  registry_client second{full.server};
  const auto session = first.start_upload("full/a");
  first.send_head("PATCH", session, {{"Content-Length", "10"}});
  first.send("01234");
  BOOST_TEST(eventually([&] { return second.upload_offset(session) == 5; }));
  second.send_head("PATCH", second.start_upload("full/a"), {{"Content-Length", "10"}});
  second.send("01234");
  registry_client newcomer{full.server};
  BOOST_TEST(serves(newcomer));
  const auto rest = first.read_until_close();
  BOOST_TEST((rest.empty() || rest.starts_with("HTTP/1.1 408 ")));
  second.send("56789"); // dropping the slowest was enough
  BOOST_TEST(second.receive().status == 202);
  BOOST_TEST(newcomer.upload_offset(session) == 5u); // received bytes are kept
}

// A relay may pause in the middle of a layer during a scan.
BOOST_AUTO_TEST_CASE(a_pausing_body_is_not_cut_off_while_there_is_room) {
  narrow roomy{10, 10ms};
  registry_client pausing{roomy.server};
  const auto session = pausing.start_upload("full/a");
  pausing.send_head("PATCH", session, {{"Transfer-Encoding", "chunked"}});
  pausing.send("5\r\n01234\r\n");
  registry_client other{roomy.server};
  BOOST_TEST(eventually([&] { return other.upload_offset(session) == 5; }));
  for (int request = 0; request < 500; ++request) // longer than the rate's time span
    BOOST_TEST(serves(other));
  pausing.send("5\r\n56789\r\n0\r\n\r\n");
  BOOST_TEST(pausing.receive().status == 202);
}

BOOST_AUTO_TEST_SUITE_END()
