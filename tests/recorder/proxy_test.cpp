// A proxy before registries that answer with exactly what a test chooses.
#include "recorder/proxy.hpp"

#include "replay/har_reader.hpp"
#include "support/http_client.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

using namespace gantry::test;
namespace recorder = gantry::recorder;

namespace {

struct recording_proxy {
  explicit recording_proxy(std::string upstream, const gantry::client::tls_settings& tls = {})
    : proxy{settings_of(std::move(upstream), tls)}, client{(proxy.start(), proxy.port())} {}

  recorder::proxy_settings settings_of(std::string upstream,
                                       const gantry::client::tls_settings& tls) {
    recorder::proxy_settings settings;
    settings.upstream = std::move(upstream);
    settings.tls = tls;
    settings.file = file;
    settings.hosts = {boost::asio::ip::address_v4::loopback()};
    settings.version = "1.0";
    settings.warn = [this](const std::string& text) { warnings.push_back(text); };
    return settings;
  }

  /// Stops the proxy. Returns what a reader finds.
  std::vector<gantry::replay::recorded> session() {
    client.close();
    proxy.stop();
    std::ifstream input{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{input}, {}};
    auto made = gantry::replay::read_har(text);
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().detail));
    return *made;
  }

  temp_dir folder;
  std::filesystem::path file = folder.path() / "session.har";
  std::vector<std::string> warnings;
  recorder::proxy proxy;
  http_connection client;
};

std::string ok(const std::string& fields, const std::string& body) {
  return "HTTP/1.1 200 OK\r\n" + fields +
         "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Answers each request with its own head.
std::string echo(const std::string& request) {
  return ok("", request.substr(0, request.find("\r\n\r\n") + 2));
}

} // namespace

BOOST_AUTO_TEST_SUITE(proxy)

BOOST_AUTO_TEST_CASE(a_request_reaches_the_registry_without_fields_of_the_connection) {
  const scripted_server registry{echo};
  recording_proxy made{registry.url()};
  const auto seen = made.client
                      .request("GET", "/v2/a?n=1",
                               {{"Authorization", "Bearer x"},
                                {"Connection", "X-Own"},
                                {"X-Own", "1"},
                                {"Accept-Encoding", "gzip"},
                                {"Accept", "a/b"}})
                      .body;
  BOOST_TEST(seen == "GET /v2/a?n=1 HTTP/1.1\r\nHost: " + registry.url().substr(7) +
                       "\r\nAuthorization: Bearer x\r\nAccept: a/b\r\n"
                       "Accept-Encoding: identity\r\nConnection: close\r\n");
}

BOOST_AUTO_TEST_CASE(a_response_in_chunks_and_one_that_ends_with_its_connection_are_whole) {
  const scripted_server registry{[](const std::string& request) -> std::string {
    const std::string close = "Connection: close\r\n";
    return request.starts_with("GET /chunks")
             ? "HTTP/1.1 200 OK\r\n" + close + "Transfer-Encoding: chunked\r\n\r\n" +
                 chunked("hello", 2)
             : "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + close + "\r\nhello";
  }};
  recording_proxy made{registry.url()};
  for (const auto* target : {"/chunks", "/end"}) {
    const auto got = made.client.request("GET", target);
    BOOST_TEST(got.body == "hello");
    BOOST_TEST(got.header("Content-Length") == "5");
    BOOST_TEST(!got.has("Transfer-Encoding"));
  }
  const auto session = made.session();
  BOOST_REQUIRE(session.size() == 2u);
  for (const auto& each : session)
    BOOST_TEST(each.body == "hello");
}

BOOST_AUTO_TEST_CASE(a_location_on_the_registry_is_a_path_for_client_and_archive) {
  const std::string elsewhere = "http://elsewhere/a";
  const scripted_server registry{[&](const std::string& request) {
    const auto host = request.find("Host: ") + 6;
    const auto own = "http://" + request.substr(host, request.find("\r\n", host) - host);
    const bool is_own = request.starts_with("POST /own");
    return ok("Location: " + (is_own ? own + "/v2/a?_state=b" : elsewhere) + "\r\n", "");
  }};
  recording_proxy made{registry.url()};
  BOOST_TEST(made.client.request("POST", "/own").header("Location") == "/v2/a?_state=b");
  BOOST_TEST(made.client.request("POST", "/other").header("Location") == elsewhere);
  const auto session = made.session();
  BOOST_REQUIRE(session.size() == 2u);
  BOOST_TEST(session[0].fields.front().second == "/v2/a?_state=b");
  BOOST_TEST(session[1].fields.front().second == elsewhere);
}

BOOST_AUTO_TEST_CASE(tokens_reach_the_client_but_not_the_archive) {
  const std::string token = R"({"token":"secret"})";
  const scripted_server registry{[&](const std::string&) { return ok("", token); }};
  recording_proxy made{registry.url()};
  BOOST_TEST(made.client.request("GET", "/token?service=x").body == token);
  BOOST_TEST(made.session().front().body == R"({"token":"***"})");
}

BOOST_AUTO_TEST_CASE(encoded_content_is_passed_on_and_left_out) {
  const scripted_server registry{[](const std::string& request) {
    return ok(request.starts_with("GET /coded") ? "Content-Encoding: gzip\r\n" : "", "abc");
  }};
  recording_proxy made{registry.url()};
  const auto coded = made.client.request("GET", "/coded");
  BOOST_TEST(coded.header("Content-Encoding") == "gzip");
  BOOST_TEST(coded.body == "abc");
  BOOST_TEST(made.client.request("GET", "/plain").status == 200);
  BOOST_TEST(made.session().size() == 1u);
  BOOST_REQUIRE(made.warnings.size() == 1u);
  BOOST_TEST(made.warnings.front().starts_with("GET /coded is not recorded: "));
}

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_is_a_502) {
  const scripted_server registry{[](const std::string& request) -> std::string {
    if (request.starts_with("GET /cut"))
      return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhe";
    return request.starts_with("GET /none") ? "" : ok("", "");
  }};
  recording_proxy made{registry.url()};
  for (const auto* target : {"/cut", "/none"})
    BOOST_TEST(made.client.request("GET", target).status == 502);
  BOOST_TEST(made.client.request("GET", "/whole").status == 200);
  BOOST_TEST(made.session().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_registry_with_tls_must_have_an_accepted_certificate) {
  const auto identity = make_certificate("DNS:localhost,IP:127.0.0.1");
  const scripted_server registry{[](const std::string&) { return ok("", "hello"); }, identity};
  const temp_dir folder;
  recording_proxy trusting{registry.url(), {folder.write("ca.pem", identity.text).string()}};
  BOOST_TEST(trusting.client.request("GET", "/v2/").body == "hello");
  recording_proxy careful{registry.url()};
  const auto refused = careful.client.request("GET", "/v2/");
  BOOST_TEST(refused.status == 502);
  BOOST_TEST(refused.body.find("gave no answer: tls") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_registry_is_named_by_a_url_without_a_path) {
  BOOST_TEST(recorder::is_upstream("https://registry"));
  BOOST_TEST(recorder::is_upstream("http://registry:5000/"));
  for (const auto* text : {"registry:5000", "ftp://registry", "http://registry/v2", "http://a@b"})
    BOOST_TEST(!recorder::is_upstream(text));
}

BOOST_AUTO_TEST_SUITE_END()
