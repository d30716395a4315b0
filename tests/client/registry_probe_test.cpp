#include "client/registry_probe.hpp"

#include "support/scripted_server.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace client = gantry::client;
using namespace gantry::test;
using namespace std::chrono_literals;
using reason = client::probe_error::reason;
using scheme = client::access_rules::scheme;

namespace {

const std::string empty = "Content-Length: 0\r\n\r\n";
const std::string ok_and_empty = "HTTP/1.1 200 OK\r\n" + empty;

std::string refuse(const std::string& challenge) {
  return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + challenge + "\r\n" + empty;
}

client::registry_site find(const std::string& url, const client::probe_settings& settings) {
  return client::find_registry(client::registry_url::parse(url).value(), settings);
}

client::probe_settings as(const std::string& user) {
  client::probe_settings settings;
  settings.who = client::credentials{user, "secret"};
  settings.user_agent = "test";
  return settings;
}

/// Expects no registry, for this reason and with this message.
void check_none(const std::string& url, const client::probe_settings& settings, reason why,
                const std::string& words) {
  const auto is_right = [&](const client::probe_error& failure) {
    BOOST_TEST((failure.why() == why));
    BOOST_TEST(failure.what() == "no registry answers at " + url + ": " + words);
    return true;
  };
  BOOST_CHECK_EXCEPTION(find(url, settings), client::probe_error, is_right);
}

struct bad_answer {
  const char* bytes;
  const char* words;
};

std::ostream& operator<<(std::ostream& out, const bad_answer& value) {
  return out << value.words;
}

const bad_answer bad_answers[] = {
  {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "GET /v2/ was answered with 404"},
  {"", "End of file"},
  {"silence", "Connection timed out"},
  {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
   "it asks for credentials of an unknown kind (401)"},
  {"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"ftp://x\"\r\n"
   "Content-Length: 0\r\n\r\n",
   "it asks for credentials of an unknown kind (401)"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(registry_probe)

BOOST_AUTO_TEST_CASE(an_open_registry_is_found_below_its_prefix) {
  std::vector<std::string> requests;
  const scripted_server server{[&](const std::string& request) {
    requests.push_back(request);
    return ok_and_empty;
  }};
  const auto site = find(server.url() + "/x", as("user"));
  BOOST_TEST((site.permission.how == scheme::none));
  BOOST_TEST(site.prefix == "/x");
  BOOST_TEST(site.server.address == server.endpoint());
  BOOST_REQUIRE(requests.size() == 1u);
  BOOST_TEST(requests[0] == "GET /x/v2/ HTTP/1.1\r\nHost: " + site.server.authority +
                              "\r\nUser-Agent: test\r\n\r\n");
}

BOOST_DATA_TEST_CASE(a_server_that_is_not_a_registry_is_refused, bad_answers) {
  const scripted_server server{[&](const std::string&) { return std::string{sample.bytes}; }};
  auto settings = as("user");
  settings.timeout = 100ms;
  check_none(server.url(), settings, reason::unreachable, sample.words);
}

BOOST_AUTO_TEST_CASE(a_password_is_tried_out) {
  const scripted_server server{[](const std::string& request) {
    return request.find("Authorization: Basic dXNlcjpzZWNyZXQ=") != std::string::npos
             ? ok_and_empty
             : refuse("Basic realm=\"x\"");
  }};
  BOOST_TEST((find(server.url(), as("user")).permission.how == scheme::basic));
  check_none(server.url(), as("other"), reason::refused,
             "the user or the password is not accepted: GET /v2/ was answered with 401");
  check_none(server.url(), {}, reason::no_credentials, "it asks for a user and a password (401)");
}

BOOST_AUTO_TEST_CASE(a_token_is_preferred_to_a_password) {
  const scripted_server authority{[](const std::string& request) {
    return request.find("Authorization: Basic dXNlcjpzZWNyZXQ=") != std::string::npos
             ? "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"token\":\"x\"}"
             : "HTTP/1.1 403 Forbidden\r\n" + empty;
  }};
  const scripted_server server{[&](const std::string& request) {
    return request.find("Authorization: Bearer x") != std::string::npos
             ? ok_and_empty
             : refuse("Basic realm=\"x\", Bearer realm=\"" + authority.url() +
                      "/token?a=b\",service=\"s\"");
  }};
  const auto site = find(server.url(), as("user"));
  BOOST_TEST((site.permission.how == scheme::bearer));
  BOOST_TEST(site.permission.realm.server.address == authority.endpoint());
  BOOST_TEST(site.permission.realm.target == "/token?a=b");
  BOOST_TEST(site.permission.realm.service == "s");
  check_none(server.url(), as("other"), reason::refused,
             "the user or the password is not accepted: " + site.permission.realm.server.authority +
               " issued no token (status_403)");
  // The rights of an anonymous token are seen later.
  BOOST_TEST((find(server.url(), {}).permission.how == scheme::bearer));
}

BOOST_AUTO_TEST_CASE(a_rejected_certificate_is_reported) {
  const scripted_server server{[](const std::string&) { return ok_and_empty; },
                               make_certificate("IP:127.0.0.1")};
  check_none(server.url(), {}, reason::certificate,
             "its certificate is not accepted (self-signed certificate)");
  client::probe_settings any;
  any.tls.verify = false;
  BOOST_TEST((find(server.url(), any).server.tls != nullptr));
}

BOOST_AUTO_TEST_CASE(a_port_without_a_server_is_unreachable) {
  std::string url;
  {
    const scripted_server server{[](const std::string&) { return ok_and_empty; }};
    url = server.url();
  }
  check_none(url, {}, reason::unreachable, "Connection refused");
}

BOOST_AUTO_TEST_SUITE_END()
