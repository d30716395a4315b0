// Behind proxies: who is believed, and about what.
#include "e2e/alice.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace gantry;
using namespace gantry::test;

namespace {

using adjuster = std::function<void(app::registry_options&)>;

/// A registry with an access log, behind proxies of these addresses.
struct proxied_registry {
  explicit proxied_registry(std::vector<std::string> proxies, const adjuster& adjust = {})
    : server{[&](app::registry_options& settings) {
        settings.api.trusted_proxies = net::networks{std::move(proxies)};
        settings.log = telemetry::log_format::json;
        settings.log_file = log.string();
        if (adjust)
          adjust(settings);
      }} {}

  /// The address in the log of a request with these fields, the only one.
  std::string logged_client(const header_list& fields) {
    registry_client client{server};
    client.get("/v2/", fields);
    server.stop();
    std::ifstream input{log};
    std::string line;
    std::getline(input, line);
    return boost::json::parse(line).at("remote").as_string().c_str();
  }

  temp_dir folder;
  std::filesystem::path log = folder.path() / "access.log";
  running_registry server;
};

struct forwarded_request {
  std::vector<std::string> proxies;
  header_list fields;
  std::string client;
};

const header_list chain{{"X-Forwarded-For", "203.0.113.9, 192.0.2.7, 10.0.0.5"}};

} // namespace

BOOST_AUTO_TEST_SUITE(proxies)

BOOST_AUTO_TEST_CASE(the_nearest_address_that_is_not_a_trusted_proxy_is_the_client) {
  const forwarded_request cases[] = {
    {{"127.0.0.1"}, chain, "10.0.0.5"},
    {{"127.0.0.1", "10.0.0.0/8"}, chain, "192.0.2.7"},
    {{"127.0.0.1", "10.0.0.0/8", "192.0.2.0/24"}, chain, "203.0.113.9"},
    {{"0.0.0.0/0"}, chain, "203.0.113.9"},
    {{"127.0.0.1"}, {}, "127.0.0.1"},
    {{"127.0.0.1"}, {{"X-Forwarded-For", "nonsense, 192.0.2.7:4711"}}, "192.0.2.7"},
    {{"127.0.0.1"}, {{"X-Forwarded-For", "192.0.2.7, nonsense"}}, "127.0.0.1"},
    {{"127.0.0.1"}, {{"Forwarded", "for=192.0.2.7;proto=https"}}, "192.0.2.7"},
    {{"127.0.0.1"}, {{"Forwarded", "for=1.2.3.4, For=\"[2001:db8::7]:4711\""}}, "[2001:db8::7]"},
    {{"127.0.0.1"}, {{"Forwarded", "for=_hidden"}}, "127.0.0.1"},
    {{"127.0.0.1"},
     {{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-For", "192.0.2.7"}},
     "192.0.2.7"},
    {{"127.0.0.1"}, {{"Forwarded", "for=127.0.0.1"}, {"Forwarded", "for=192.0.2.7"}}, "192.0.2.7"},
  };
  for (const auto& [proxies, fields, client] : cases)
    BOOST_TEST(proxied_registry{proxies}.logged_client(fields) == client);
}

BOOST_AUTO_TEST_CASE(others_are_not_believed) {
  const auto own = [](const std::string& address) { return address.starts_with("127.0.0.1:"); };
  BOOST_TEST(own(proxied_registry{{}}.logged_client(chain)));
  BOOST_TEST(own(proxied_registry{{"10.0.0.0/8"}}.logged_client(chain)));
  running_registry server{[](auto& settings) { settings.api.absolute_locations = true; }};
  registry_client client{server};
  const auto location = client
                          .post(uploads_path("a"), {{"X-Forwarded-Host", "evil.example"},
                                                    {"X-Forwarded-Proto", "https"},
                                                    {"Forwarded", "host=evil.example;proto=https"}})
                          .header("Location");
  BOOST_TEST(location.starts_with("http://" + server.authority() + "/v2/a/"));
}

BOOST_AUTO_TEST_CASE(a_client_behind_a_proxy_on_this_machine_is_not_on_this_machine) {
  running_registry server{[](auto& settings) {
    settings.api.trusted_proxies = net::networks{{"127.0.0.1"}};
    settings.api.steered_by = api::control::loopback;
  }};
  registry_client client{server};
  BOOST_TEST(client.get("/__parlel/faults").status == 200);
  BOOST_TEST(client.get("/__parlel/faults", {{"X-Forwarded-For", "127.0.0.2"}}).status == 200);
  BOOST_TEST(client.get("/__parlel/faults", {{"X-Forwarded-For", "192.0.2.7"}}).status == 404);
}

BOOST_AUTO_TEST_CASE(wrong_passwords_are_counted_for_the_client_and_not_for_the_proxy) {
  temp_dir folder;
  const auto users = folder.write("htpasswd", alice_line());
  running_registry server{[&](auto& settings) {
    settings.api.trusted_proxies = net::networks{{"127.0.0.1"}};
    settings.htpasswd = users.string();
  }};
  registry_client client{server};
  const auto ask = [&](const std::string& address, const std::string& password) {
    return client
      .get("/v2/", {{"Authorization", "Basic " + password}, {"X-Forwarded-For", address}})
      .status;
  };
  const std::string wrong = "YWxpY2U6d3Jvbmc=";
  for (int i = 0; i < 6; ++i)
    ask("192.0.2.7", wrong);
  BOOST_TEST(ask("192.0.2.7", wrong) == 429);
  BOOST_TEST(ask("192.0.2.8", "YWxpY2U6cmlnaHQ=") == 200);
}

BOOST_AUTO_TEST_CASE(links_carry_the_url_that_the_registry_has_outside) {
  running_registry server{[](auto& settings) {
    settings.api.external_url = "https://registry.example";
    settings.api.absolute_locations = true;
    settings.api.prefix = "/images";
  }};
  registry_client client{server};
  BOOST_TEST(client.post("/images" + uploads_path("a"), {{"Host", "inner"}})
               .header("Location")
               .starts_with("https://registry.example/images/v2/a/blobs/uploads/"));
  BOOST_TEST(
    client.get("/images/").body.find(R"("api_url":"https://registry.example/images/v2")") !=
    std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
