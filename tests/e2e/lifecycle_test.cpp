// How a registry starts, sleeps and stops: requests in flight complete, nothing is lost.
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

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

BOOST_FIXTURE_TEST_SUITE(lifecycle, stopping_registry)

// case 190
BOOST_AUTO_TEST_CASE(an_upload_in_flight_completes_while_new_connections_are_refused) {
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
BOOST_AUTO_TEST_CASE(an_endless_upload_is_cut_off) {
  running_registry short_server{[](auto& settings) { settings.http.drain_timeout = 300ms; }};
  registry_client uploading{short_server};
  const auto session = uploading.start_upload("drain/cut");
  uploading.send_head("PATCH", session, {{"Content-Length", "1000000"}});
  uploading.send("a few bytes");
  const auto begin = std::chrono::steady_clock::now();
  short_server.stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 8s));
  BOOST_TEST(uploading.peer_closes());
}

// case 190
BOOST_AUTO_TEST_CASE(a_download_in_flight_completes) {
  const auto bytes = noise(16'000'000, 1901);
  const auto id = client.push_blob("drain/download", bytes);
  registry_client reading{server};
  reading.send_head("GET", blob_path("drain/download", id));
  BOOST_TEST(eventually([&reading] { return !reading.silent(); }));
  background stop{[this](const std::atomic<bool>&) { server.stop(); }};
  BOOST_TEST(eventually([this] { return refuses_connections(); }));
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST((reading.receive().body == bytes));
  BOOST_TEST(reading.peer_closes());
  stop.join();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(unanswered_requests_of_a_stopping_server_have_no_effect) {
  constexpr int clients = 4;
  for (int round = 0; round < 10; ++round) {
    const temp_dir folder;
    const auto durable = [&folder](auto& settings) { settings.data = folder.path(); };
    std::vector<std::string> unanswered(clients);
    {
      running_registry stopping{durable};
      std::atomic<int> answered{0};
      std::vector<std::unique_ptr<background>> pushing;
      for (int i = 0; i < clients; ++i)
        pushing.push_back(std::make_unique<background>([&, i](const std::atomic<bool>&) {
          registry_client pusher{stopping};
          try {
            for (int n = 0;; ++n) {
              unanswered[i] = "t" + std::to_string(i) + "-" + std::to_string(n);
              pusher.put(manifest_path("drain/tags", unanswered[i]),
                         {{"Content-Type", types::index}}, lone_manifest(unanswered[i]));
              ++answered;
            }
          } catch (const http_failure&) {
            return; // the connection has ended
          }
        }));
      BOOST_TEST(eventually([&answered] { return answered >= 5 * clients; }));
      stopping.stop();
      for (auto& pusher : pushing)
        pusher->join();
    }
    running_registry again{durable};
    registry_client looking{again};
    for (const auto& name : unanswered)
      BOOST_TEST(looking.get(manifest_path("drain/tags", name)).status == 404);
  }
}

BOOST_AUTO_TEST_CASE(stopping_twice_or_with_idle_clients_is_quick) {
  const registry_client idle{server};
  const auto begin = std::chrono::steady_clock::now();
  server.stop();
  server.stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(a_taken_or_malformed_address_is_refused_with_a_reason) {
  const auto start = [](const std::string& address) {
    const running_registry second{[&address](auto& settings) { settings.addresses = {address}; }};
  };
  const auto names_it = [this](const std::runtime_error& why) {
    return std::string{why.what()}.find(server.authority()) != std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(start(server.authority()), std::runtime_error, names_it);
  for (const auto* address : {"nonsense", "127.0.0.1:99999", "127.0.0.1", ":x", ""})
    BOOST_CHECK_THROW(start(address), std::invalid_argument);
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_separate_scheduler_serves_the_same) {
  running_registry other{[](auto& settings) { settings.separate_scheduler = true; }};
  registry_client pushing{other};
  const auto image = pushing.push_image("life/separate", "t", "separate");
  BOOST_TEST(pushing.get(manifest_path("life/separate", "t")).body == image.bytes);
  for (const auto& layer : image.layers)
    BOOST_TEST(pushing.get(blob_path("life/separate", sha256(layer))).body == layer);
  BOOST_TEST(pushing.post("/__parlel/reset").status == 200);
  BOOST_TEST(pushing.get("/v2/_catalog").body == R"({"repositories":[]})");
}

BOOST_AUTO_TEST_CASE(one_thread_serves_many_connections) {
  running_registry narrow{[](auto& settings) { settings.threads = 1; }};
  std::vector<registry_client> clients;
  for (int i = 0; i < 200; ++i)
    clients.emplace_back(narrow);
  for (auto& one : clients)
    one.send_head("GET", "/v2/");
  for (auto& one : clients)
    BOOST_TEST(one.receive().body == "{}");
}

BOOST_AUTO_TEST_CASE(sleeping_repositories_lose_nothing) {
  running_registry sleepy{[](auto& settings) {
    settings.actors.repository_idle = 2ms;
    settings.actors.collect_interval = 1ms;
  }};
  const auto work = [&sleepy](const std::string& name) {
    return [&sleepy, name](const std::atomic<bool>&) {
      registry_client pushing{sleepy};
      for (int round = 0; round < 150; ++round) {
        const auto mark = std::to_string(round);
        const auto bytes = lone_manifest(name + mark);
        const auto repository = "life/sleepy" + std::to_string(round % 7);
        const auto blob = name + mark;
        const auto upload = with_query(uploads_path(repository), "digest=" + sha256(blob));
        if (pushing
                .put(manifest_path(repository, name + mark), {{"Content-Type", types::index}},
                     bytes)
                .status != 201 ||
            pushing.post(upload, {}, blob).status != 201 ||
            pushing.get(manifest_path(repository, sha256(bytes))).body != bytes ||
            pushing.get(blob_path(repository, sha256(blob))).body != blob)
          throw http_failure{"lost in round " + mark};
      }
    };
  };
  background first{work("a")};
  background second{work("b")};
  first.join();
  second.join();
  registry_client reading{sleepy};
  for (int round = 0; round < 150; ++round)
    for (const auto* name : {"a", "b"}) {
      const auto tag = name + std::to_string(round);
      const auto target = manifest_path("life/sleepy" + std::to_string(round % 7), tag);
      BOOST_TEST(reading.get(target).body == lone_manifest(tag));
    }
}

BOOST_AUTO_TEST_SUITE_END()
