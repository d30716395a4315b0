// What web pages may do with their visitor's registry.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace gantry::test;

namespace {

const header_list foreign{{"Origin", "http://evil.example"}};

/// Changes, and requests to the controls.
const std::vector<std::pair<const char*, std::string>> guarded{
  {"POST", "/__parlel/reset"},
  {"GET", "/__parlel/repositories"},
  {"POST", "/__gantry/gc"},
  {"GET", "/__gantry/gc"},
  {"GET", "/%5F%5Fparlel/repositories"},
  {"POST", uploads_path("page/a")},
  {"PUT", manifest_path("page/a", "t")},
  {"PATCH", uploads_path("page/a") + "6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11"},
  {"DELETE", manifest_path("page/a", "t")},
  {"DELETE", blob_path("page/a", digest_of_nothing())},
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(origin, registry_case, *boost::unit_test::fixture<shared_registry>())

BOOST_AUTO_TEST_CASE(a_foreign_page_changes_nothing_and_sees_no_controls) {
  const auto image = client.push_image("page/a", "t", "page");
  for (const auto& [method, target] : guarded)
    for (const auto* from : {"http://evil.example", "null", "http://127.0.0.1:1"})
      BOOST_TEST_CONTEXT(method << ' ' << target << " from " << from) {
        expect_error(client, {method, target, {{"Origin", from}}}, 403, "DENIED");
      }
  BOOST_TEST(client.get(manifest_path("page/a", "t")).body == image.bytes);
}

BOOST_AUTO_TEST_CASE(a_foreign_page_may_read) {
  client.push_image("page/a", "t", "page");
  for (const auto& target : {std::string{"/v2/"}, std::string{"/v2/_catalog"},
                             manifest_path("page/a", "t"), std::string{"/"}}) {
    const auto response = client.get(target, foreign);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.header("Access-Control-Allow-Origin") == "*");
  }
}

BOOST_AUTO_TEST_CASE(a_page_of_the_registry_itself_may_do_everything) {
  const auto own = "http://" + shared_registry::get().authority();
  BOOST_TEST(client.post(uploads_path("page/own"), {{"Origin", own}}).status == 202);
  BOOST_TEST(client.get("/__parlel/repositories", {{"Origin", own}}).status == 200);
}

// DNS rebinding: the name of the attacker's page resolves to this registry.
BOOST_AUTO_TEST_CASE(being_the_same_host_is_not_enough) {
  const header_list rebound{{"Host", "evil.example:4775"}, {"Origin", "http://evil.example:4775"}};
  expect_error(client, {"POST", "/__parlel/reset", rebound}, 403, "DENIED");
  const header_list local{{"Host", "dev.localhost:4775"}, {"Origin", "http://dev.localhost:4775"}};
  BOOST_TEST(client.post(uploads_path("page/local"), local).status == 202);
}

BOOST_AUTO_TEST_CASE(a_preflight_gets_the_answer_of_its_request) {
  const auto preflight = [this](const std::string& target, const std::string& method) {
    return client.request(
      "OPTIONS", target,
      {{"Origin", "http://evil.example"}, {"Access-Control-Request-Method", method}});
  };
  const auto reading = preflight(manifest_path("page/a", "t"), "GET");
  BOOST_TEST(reading.status == 204);
  BOOST_TEST(reading.header("Access-Control-Allow-Methods") == "GET, HEAD");
  BOOST_TEST(preflight(manifest_path("page/a", "t"), "PUT").status == 403);
  BOOST_TEST(preflight("/__parlel/repositories", "GET").status == 403);
}

BOOST_AUTO_TEST_CASE(listed_origins_and_allowed_hosts_may_do_everything) {
  running_registry server{[](auto& settings) {
    settings.api.cors_origins = {"https://ui.example"};
    settings.api.allowed_hosts = {"registry.example"};
  }};
  registry_client page{server};
  const header_list listed{{"Origin", "https://ui.example"}};
  const auto started = page.post(uploads_path("page/a"), listed);
  BOOST_TEST(started.status == 202);
  BOOST_TEST(started.header("Access-Control-Allow-Origin") == "https://ui.example");
  BOOST_TEST(started.header("Vary") == "Origin");
  const auto preflight =
    page.request("OPTIONS", manifest_path("page/a", "t"),
                 {{"Origin", "https://ui.example"}, {"Access-Control-Request-Method", "PUT"}});
  BOOST_TEST(preflight.status == 204);
  BOOST_TEST(preflight.header("Access-Control-Allow-Methods") == "DELETE, GET, HEAD, PUT");
  const header_list own{{"Host", "registry.example"}, {"Origin", "https://registry.example"}};
  BOOST_TEST(page.post("/__parlel/reset", own).status == 200);
  BOOST_TEST(!page.get("/v2/", foreign).has("Access-Control-Allow-Origin"));
  expect_error(page, {"POST", "/__parlel/reset", foreign}, 403, "DENIED");
}

BOOST_AUTO_TEST_CASE(a_malformed_host_is_refused) {
  for (const auto* host : {"a b", "a/b", "user@a", "a:b", "[::1", "a:99999"}) {
    const auto response = client.get("/v2/", {{"Host", host}});
    check_error(response, 400, "BAD_REQUEST");
    BOOST_TEST(response.closes());
    client.reconnect();
  }
  for (const auto* target : {"http:///v2/", "http://a b/v2/", "http://user@a/v2/"}) {
    BOOST_TEST(client.get(target).status == 400);
    client.reconnect();
  }
  BOOST_TEST(client.get("http://127.0.0.1/v2/").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
