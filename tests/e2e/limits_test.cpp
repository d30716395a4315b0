// Limits of clients: how often they ask, how many connections and uploads they have.
#include "auth/bcrypt.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace gantry;
using namespace gantry::test;
namespace asio = boost::asio;

namespace {

/// Rates are per hour: no token comes back within a test.
std::function<void(app::registry_options&)> with_rules(std::vector<std::string> rules) {
  return [rules = std::move(rules)](app::registry_options& settings) {
    for (const auto& rule : rules)
      settings.api.rates.push_back(gantry::limits::parse_rate_rule(rule));
  };
}

void check_refused(const http_response& response) {
  check_error(response, 429, "TOOMANYREQUESTS", true);
  const auto wait = response.header("Retry-After");
  BOOST_TEST(!wait.empty());
  BOOST_TEST(std::stoi(wait) > 1000); // of 1200 s, whatever the test has taken
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits)

// The contract's N2: a rate is 429, with a body in JSON and a Retry-After.
BOOST_AUTO_TEST_CASE(requests_above_the_rate_of_an_address_are_told_when_to_come_back) {
  running_registry server{with_rules({"address=3/h"})};
  registry_client client{server};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(client.get("/v2/").status == 200);
  check_refused(client.get("/v2/"));
  check_refused(client.post(uploads_path("a")));
  for (const auto* open : {"/health", "/readyz", "/"})
    BOOST_TEST(client.get(open).status == 200);
}

BOOST_AUTO_TEST_CASE(a_rule_can_limit_pushes_alone) {
  running_registry server{with_rules({"address:write=1/h"})};
  registry_client client{server};
  BOOST_TEST(client.post(uploads_path("a")).status == 202);
  check_refused(client.post(uploads_path("a")));
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(client.get("/v2/_catalog").status == 200);
}

BOOST_AUTO_TEST_CASE(a_user_has_a_rate_of_his_own) {
  temp_dir folder;
  std::string users;
  for (const std::string name : {"alice", "bob"})
    users += name + ":" + auth::make_bcrypt(name, 4) + "\n";
  const auto file = folder.write("htpasswd", users);
  const auto rule = with_rules({"user=2/h"});
  running_registry server{[&](auto& settings) {
    settings.htpasswd = file.string();
    rule(settings);
  }};
  registry_client client{server};
  const header_list alice{{"Authorization", "Basic YWxpY2U6YWxpY2U="}};
  const header_list bob{{"Authorization", "Basic Ym9iOmJvYg=="}};
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(client.get("/v2/", alice).status == 200);
  check_refused(client.get("/v2/", alice));
  BOOST_TEST(client.get("/v2/", bob).status == 200);
}

BOOST_AUTO_TEST_CASE(a_repository_has_a_limit_of_open_uploads_of_its_own) {
  running_registry server{[](auto& settings) { settings.actors.max_uploads_per_repository = 2; }};
  registry_client client{server};
  const auto first = client.start_upload("a");
  client.start_upload("a");
  const auto refused = client.post(uploads_path("a"));
  check_error(refused, 429, "TOOMANYREQUESTS", true);
  BOOST_TEST(refused.body.find("the limit of each repository is 2") != std::string::npos);
  BOOST_TEST(client.post(uploads_path("b")).status == 202);
  BOOST_TEST(client.erase(first).status == 204);
  BOOST_TEST(client.post(uploads_path("a")).status == 202);
}

BOOST_AUTO_TEST_CASE(an_address_may_have_so_many_connections) {
  running_registry server{[](auto& settings) { settings.http.max_connections_per_address = 2; }};
  registry_client first{server};
  registry_client second{server};
  BOOST_TEST(first.get("/v2/").status == 200);
  BOOST_TEST(second.get("/v2/").status == 200);
  asio::io_context context;
  asio::ip::tcp::socket third{context};
  third.connect({asio::ip::address_v4::loopback(), server.port()});
  std::array<char, 1> byte{};
  boost::system::error_code ended;
  asio::read(third, asio::buffer(byte), ended);
  BOOST_CHECK(ended == asio::error::connection_reset || ended == asio::error::eof);
  BOOST_TEST(first.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(trusted_proxies_have_no_limit_of_connections) {
  running_registry server{[](auto& settings) {
    settings.http.max_connections_per_address = 1;
    settings.http.trusted_proxies = net::networks{{"127.0.0.1"}};
  }};
  registry_client first{server};
  registry_client second{server};
  BOOST_TEST(first.get("/v2/").status == 200);
  BOOST_TEST(second.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(an_operator_can_stop_and_resume_changes) {
  running_registry server;
  registry_client client{server};
  BOOST_TEST(client.get("/__gantry/mode").body == R"({"read_only":false})");
  BOOST_TEST(client.post("/__gantry/mode?read_only=true").body == R"({"read_only":true})");
  check_error(client.post(uploads_path("a")), 405, "UNSUPPORTED", true);
  BOOST_TEST(client.get("/v2/_catalog").status == 200);
  BOOST_TEST(client.post("/__gantry/mode?read_only=false").status == 200);
  BOOST_TEST(client.post(uploads_path("a")).status == 202);
  for (const auto* wrong : {"", "?read_only", "?read_only=maybe"})
    BOOST_TEST(client.post(std::string{"/__gantry/mode"} + wrong).status == 400, wrong);
}

// What is known when an upload is opened is said then, and not after its bytes were sent.
BOOST_AUTO_TEST_CASE(an_upload_that_cannot_succeed_is_refused_at_its_start) {
  running_registry few{[](auto& settings) { settings.actors.max_repositories = 1; }};
  registry_client pushing{few};
  pushing.push_manifest("first", "t", R"({"schemaVersion":2,"manifests":[]})");
  check_error(pushing.post(uploads_path("second")), 403, "DENIED", true);
  BOOST_TEST(pushing.post(uploads_path("first")).status == 202);
  running_registry small{[](auto& settings) { settings.actors.uploads.max_size = 10; }};
  registry_client large{small};
  const std::string bytes(11, 'x');
  check_error(large.post(uploads_path("a") + "?digest=" + sha256(bytes), {}, bytes), 413,
              "SIZE_INVALID", false);
}

BOOST_AUTO_TEST_SUITE_END()
