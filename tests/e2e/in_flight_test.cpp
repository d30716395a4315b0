// Bytes in flight: half-sent manifests and unread answers share a budget, and silent requests make
// way for waiting ones.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t max_manifest = 4 * 1024 * 1024;
/// A share of 3 MiB for large texts: one manifest of the maximum size at a time.
constexpr std::size_t tight = 8 * 1024 * 1024;

/// A large manifest without its last bytes.
void send_half(registry_client& client, std::size_t announced) {
  client.send_head("PUT", manifest_path("half", "t"),
                   {{"Content-Type", types::index}, {"Content-Length", std::to_string(announced)}});
  client.send(std::string(announced - 64, ' '));
}

std::string large_manifest(std::size_t size) {
  auto bytes = lone_manifest("large");
  bytes.insert(bytes.size() - 1, size - bytes.size(), ' ');
  return bytes;
}

running_registry tight_registry(std::chrono::milliseconds patience,
                                std::chrono::milliseconds timeout) {
  return running_registry{[=](gantry::app::registry_options& settings) {
    settings.api.max_in_flight = tight;
    settings.api.in_flight_patience = patience;
    settings.api.in_flight_timeout = timeout;
  }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(in_flight)

BOOST_AUTO_TEST_CASE(a_silent_manifest_makes_way_for_an_arriving_one) {
  const auto server = tight_registry(50ms, 20s);
  registry_client silent{server};
  send_half(silent, max_manifest);
  registry_client honest{server};
  honest.push_manifest("honest", "t", large_manifest(max_manifest));
  BOOST_TEST(silent.receive().status == 408);
  BOOST_TEST(silent.peer_closes());
}

BOOST_AUTO_TEST_CASE(a_silent_manifest_is_left_alone_if_no_request_waits) {
  const auto server = tight_registry(10ms, 20s);
  registry_client silent{server};
  send_half(silent, max_manifest);
  registry_client honest{server};
  for (int i = 0; i < 50; ++i)
    honest.push_manifest("honest", "t", lone_manifest(std::to_string(i)));
  BOOST_TEST(silent.silent());
  silent.send(std::string(64, ' '));
  BOOST_TEST(silent.receive().status == 400); // complete, but not a manifest
}

BOOST_AUTO_TEST_CASE(a_request_that_waits_too_long_is_told_when_to_retry) {
  const auto server = tight_registry(20s, 50ms);
  registry_client silent{server};
  send_half(silent, max_manifest);
  registry_client honest{server};
  // Once a later request was answered on each thread, the silent one's bytes have arrived.
  BOOST_REQUIRE(eventually([&] {
    registry_client late{server};
    const auto answer = late.put(manifest_path("late", "t"), {{"Content-Type", types::index}},
                                 large_manifest(max_manifest));
    if (answer.status == 201)
      return false;
    check_error(answer, 429, "TOOMANYREQUESTS");
    BOOST_TEST(answer.header("Retry-After") == "1");
    return true;
  }));
  honest.push_image("honest", "t", "small ones and uploads have shares of their own");
}

BOOST_AUTO_TEST_CASE(a_manifest_in_chunks_waits_for_a_large_share_only_once_it_is_large) {
  const auto server = tight_registry(20s, 50ms);
  registry_client client{server};
  const auto put_chunked = [&](std::size_t size) {
    return client.put(manifest_path("chunked", "t"),
                      {{"Content-Type", types::index}, {"Transfer-Encoding", "chunked"}},
                      chunked(large_manifest(size), 10'000));
  };
  BOOST_TEST(put_chunked(30'000).status == 201);
  BOOST_TEST(put_chunked(max_manifest).status == 201);
  check_error(put_chunked(max_manifest + 1), 413, "SIZE_INVALID");
}

// The patience is long enough for a reader that the machine lets wait.
BOOST_AUTO_TEST_CASE(unread_answers_make_way_for_one_that_is_read) {
  const auto server = tight_registry(500ms, 20s);
  registry_client honest{server};
  const auto bytes = large_manifest(max_manifest);
  honest.push_manifest("big", "t", bytes);
  std::vector<registry_client> unread;
  for (int i = 0; i < 3; ++i) {
    unread.emplace_back(server);
    unread.back().send_head("GET", manifest_path("big", "t"));
  }
  const auto answer = honest.get(manifest_path("big", "t"));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST((answer.body == bytes));
}

BOOST_AUTO_TEST_SUITE_END()
