#include "client/authorizer.hpp"

#include "client/scripted_answers.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace asio = boost::asio;
namespace client = gantry::client;
using gantry::test::patient_settings;
using gantry::test::scripted_server;
using namespace std::chrono_literals;

namespace {

std::string answer_with(const std::string& json) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json;
}

/// A token server that numbers its tokens, and a client of it.
struct token_client {
  explicit token_client(std::string members = {}) : more{std::move(members)} {}

  /// Requests the authorization of one request after the other.
  std::string authorize(const std::string& target) {
    std::string got;
    asio::co_spawn(context, tokens.authorize(target),
                   [&got](std::exception_ptr, std::string value) { got = std::move(value); });
    context.restart();
    context.run();
    return got;
  }

  client::access_rules permission() const {
    client::access_rules rules{client::access_rules::scheme::bearer,
                               client::credentials{"user", "secret"}};
    rules.realm.server = {server.endpoint(), "127.0.0.1", "auth.example"};
    rules.realm.target = "/token";
    rules.realm.service = "registry";
    return rules;
  }

  /// Additional JSON, with a leading comma.
  std::string more;
  std::vector<std::string> requests;
  scripted_server server{[this](const std::string& request) {
    requests.push_back(request);
    return answer_with(R"({"token":"t)" + std::to_string(requests.size()) + "\"" + more + "}");
  }};
  asio::io_context context{1};
  client::authorizer tokens{context, permission(), client::registry_targets{""}, patient_settings};
};

const std::string blob_target = "/v2/a/b/blobs/sha256:0";

struct refusal {
  const char* answer;
  const char* fault;
};

std::ostream& operator<<(std::ostream& out, const refusal& value) {
  return out << value.fault;
}

const refusal refusals[] = {
  {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "status_401"},
  {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "no_token"},
  {"", "closed"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(authorizer)

BOOST_FIXTURE_TEST_CASE(a_token_is_asked_for_as_clients_do, token_client) {
  BOOST_TEST(authorize(blob_target) == "Bearer t1");
  BOOST_REQUIRE(requests.size() == 1u);
  BOOST_TEST(requests[0] ==
             "GET /token?service=registry&scope=repository:a/b:pull,push HTTP/1.1\r\n"
             "Host: auth.example\r\nUser-Agent: test\r\n"
             "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_token_is_kept_for_its_repository, token_client) {
  BOOST_TEST(authorize(blob_target) == "Bearer t1");
  BOOST_TEST(authorize("/v2/a/b/manifests/v1") == "Bearer t1");
  BOOST_TEST(authorize("/v2/a/c/manifests/v1") == "Bearer t2");
  BOOST_TEST(authorize("/elsewhere/uploads/7") == "Bearer t2");
  BOOST_TEST(authorize(blob_target) == "Bearer t1");
  BOOST_TEST(requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_token_without_a_lifetime_left_is_not_kept) {
  token_client it{R"(,"expires_in":0)"};
  BOOST_TEST(it.authorize(blob_target) == "Bearer t1");
  BOOST_TEST(it.authorize(blob_target) == "Bearer t2");
}

BOOST_FIXTURE_TEST_CASE(a_refused_token_is_replaced_by_one_with_the_wanted_scopes, token_client) {
  authorize(blob_target);
  const std::string wanted =
    R"(Bearer realm="x",scope="repository:a/b:pull,push repository:a/b:delete",error="invalid_token")";
  BOOST_TEST(tokens.refused(blob_target, "Bearer t1", wanted));
  BOOST_TEST(authorize(blob_target) == "Bearer t2");
  BOOST_REQUIRE(requests.size() == 2u);
  BOOST_TEST(requests[1].starts_with("GET /token?service=registry&scope=repository:a/b:pull,push&"
                                     "scope=repository:a/b:delete HTTP/1.1\r\n"),
             requests[1]);
}

BOOST_FIXTURE_TEST_CASE(a_token_that_another_request_has_renewed_is_kept, token_client) {
  authorize(blob_target);
  BOOST_TEST(tokens.refused(blob_target, "Bearer t0", R"(Bearer realm="x")"));
  BOOST_TEST(authorize(blob_target) == "Bearer t1");
}

BOOST_FIXTURE_TEST_CASE(requests_at_the_same_time_share_a_token, token_client) {
  std::vector<std::string> got;
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(context, tokens.authorize(blob_target),
                   [&got](std::exception_ptr, std::string value) { got.push_back(value); });
  context.run();
  BOOST_TEST(got == std::vector<std::string>(3, "Bearer t1"), boost::test_tools::per_element());
  BOOST_TEST(requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_password_needs_no_server) {
  asio::io_context context{1};
  const client::access_rules rules{client::access_rules::scheme::basic,
                                   client::credentials{"a", ":b"}};
  client::authorizer tokens{context, rules, client::registry_targets{""}, patient_settings};
  std::string got;
  asio::co_spawn(context, tokens.authorize(blob_target),
                 [&got](std::exception_ptr, std::string value) { got = std::move(value); });
  context.run();
  BOOST_TEST(got == "Basic YTo6Yg==");
  BOOST_TEST(!tokens.refused(blob_target, got, R"(Basic realm="x")"));
}

BOOST_DATA_TEST_CASE(a_token_server_that_issues_no_token_is_a_fault, refusals) {
  const scripted_server server{[&](const std::string&) { return std::string{sample.answer}; }};
  asio::io_context context{1};
  client::access_rules rules{client::access_rules::scheme::bearer};
  rules.realm.server = {server.endpoint(), "127.0.0.1", "auth.example"};
  client::authorizer tokens{context, rules, client::registry_targets{""}, patient_settings};
  std::vector<std::string> observed;
  tokens.observe(
    [&](client::steady_clock::time_point, const std::string& fault) { observed.push_back(fault); });
  std::string got = "none yet";
  asio::co_spawn(context, tokens.authorize(blob_target),
                 [&got](std::exception_ptr, std::string value) { got = std::move(value); });
  context.run();
  BOOST_TEST(got == "");
  BOOST_TEST(tokens.fault() == sample.fault);
  BOOST_TEST(observed == std::vector<std::string>{sample.fault}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
