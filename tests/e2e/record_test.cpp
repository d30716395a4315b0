// A session that is recorded before a registry, and replayed with nothing behind.
#include "auth/bcrypt.hpp"
#include "recorder/proxy.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;
namespace recorder = gantry::recorder;

namespace {

/// A proxy before `authority`.
struct recording {
  explicit recording(const std::string& authority) {
    recorder::proxy_settings settings;
    settings.upstream = "http://" + authority;
    settings.file = file;
    settings.hosts = {boost::asio::ip::address_v4::loopback()};
    settings.version = "1.0";
    settings.warn = [this](const std::string& text) { warnings.push_back(text); };
    proxy = std::make_unique<recorder::proxy>(std::move(settings));
    proxy->start();
  }

  std::string text() const {
    std::ifstream input{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{input}, {}};
  }

  temp_dir folder;
  std::filesystem::path file = folder.path() / "session.har";
  std::vector<std::string> warnings;
  std::unique_ptr<recorder::proxy> proxy;
};

/// A push and a pull, with bodies of every framing. Its connection ends with it, so that a proxy
/// need not wait for it.
void use(std::uint16_t port, const std::string& large) {
  registry_client client{port};
  const auto digest = client.push_blob("a/b", large);
  const auto location = client.start_upload("a/b");
  BOOST_TEST(location.starts_with("/v2/"));
  const auto sent =
    client.patch(location, {{"Transfer-Encoding", "chunked"}}, chunked("in chunks", 4));
  BOOST_TEST(sent.status == 202);
  const auto closed =
    client.put(with_query(path_of(sent.header("Location")), "digest=" + sha256("in chunks")));
  BOOST_TEST(closed.status == 201);
  const auto image = client.push_image("a/b", "1", "x");
  const auto head = client.head(manifest_path("a/b", "1"));
  BOOST_TEST(head.status == 200);
  BOOST_TEST(head.header("Content-Length") == std::to_string(image.bytes.size()));
  BOOST_TEST(client.get(manifest_path("a/b", "1")).body == image.bytes);
  const auto pulled = client.get(blob_path("a/b", digest));
  BOOST_TEST(pulled.header("Content-Length") == std::to_string(large.size()));
  BOOST_TEST((pulled.body == large));
  BOOST_TEST(client.get(blob_path("a/b", sha256("in chunks"))).body == "in chunks");
  BOOST_TEST(client.get(tags_path("a/b")).body.find("\"1\"") != std::string::npos);
  BOOST_TEST(client.get(manifest_path("a/b", "2")).status == 404);
}

} // namespace

BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(a_recorded_session_is_replayed_with_nothing_behind) {
  const auto large = noise(5'000'000);
  auto registry = std::make_unique<running_registry>();
  recording made{registry->authority()};
  use(made.proxy->port(), large);
  const auto seen = made.proxy->stop();
  registry.reset();
  BOOST_TEST(seen.recorded > 10u);
  BOOST_TEST(seen.unanswered == 0u);
  BOOST_TEST(seen.left_out == 0u);
  BOOST_TEST(made.warnings.empty());

  running_registry replaying{[&](auto& settings) { settings.replay = made.file.string(); }};
  use(replaying.port(), large);
}

BOOST_AUTO_TEST_CASE(credentials_reach_the_registry_but_not_the_archive) {
  temp_dir folder;
  const auto users =
    folder.write("htpasswd", "alice:" + gantry::auth::make_bcrypt("secret", 4) + "\n");
  running_registry registry{[&](auto& settings) { settings.htpasswd = users.string(); }};
  recording made{registry.authority()};
  registry_client client{made.proxy->port()};
  const auto challenged = client.get("/v2/");
  BOOST_TEST(challenged.status == 401);
  BOOST_TEST(challenged.header("WWW-Authenticate").starts_with("Basic realm="));
  const header_list basic{{"Authorization", "Basic YWxpY2U6c2VjcmV0"}}; // alice:secret
  BOOST_TEST(client.get("/v2/?password=secret", basic).status == 200);
  client.close();
  BOOST_TEST(made.proxy->stop().recorded == 2u);
  const auto text = made.text();
  BOOST_TEST(text.find("secret") == std::string::npos);
  BOOST_TEST(text.find("YWxpY2U6c2VjcmV0") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_registry_that_is_down_is_answered_with_502) {
  auto registry = std::make_unique<running_registry>();
  recording made{registry->authority()};
  registry.reset();
  registry_client client{made.proxy->port()};
  const auto refused = client.get("/v2/");
  BOOST_TEST(refused.status == 502);
  const auto error = json::parse(refused.body).at("errors").at(0);
  BOOST_TEST(error.at("code").as_string() == "UNAVAILABLE");
  BOOST_TEST(error.at("message").as_string().ends_with("gave no answer: refused"));
  client.close();
  const auto seen = made.proxy->stop();
  BOOST_TEST(seen.recorded == 0u);
  BOOST_TEST(seen.unanswered == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_that_expects_100_continue_gets_it) {
  running_registry registry;
  recording made{registry.authority()};
  registry_client client{made.proxy->port()};
  const auto location = client.start_upload("a");
  client.send_head("PATCH", location, {{"Content-Length", "3"}, {"Expect", "100-continue"}});
  BOOST_TEST(client.receive_any().status == 100);
  client.send("abc");
  BOOST_TEST(client.receive().status == 202);
  client.close();
  BOOST_TEST(made.proxy->stop().recorded == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_no_path_is_refused) {
  running_registry registry;
  recording made{registry.authority()};
  registry_client client{made.proxy->port()};
  BOOST_TEST(client.request("OPTIONS", "*").status == 400);
  client.close();
  BOOST_TEST(made.proxy->stop().recorded == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
