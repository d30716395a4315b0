#include "bench/authorizer.hpp"

#include "bench/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

namespace asio = boost::asio;
namespace bench = gantry::bench;
using gantry::test::scripted_server;
using namespace std::chrono_literals;

namespace {

std::string answer_with(const std::string& json) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json;
}

/// A token server that numbers its tokens, and a client of it.
struct token_server {
  explicit token_server(std::string members = {}) : more{std::move(members)} {}

  /// Asks for the authorization of one request after the other.
  std::string authorize(const std::string& target) {
    std::string got;
    asio::co_spawn(context, client.authorize(target),
                   [&got](std::exception_ptr, std::string value) { got = std::move(value); });
    context.restart();
    context.run();
    return got;
  }

  bench::access_rules permission() const {
    bench::access_rules how{bench::access_rules::scheme::bearer,
                            bench::credentials{"user", "secret"}};
    how.realm.server = {server.endpoint(), "127.0.0.1", "auth.example"};
    how.realm.target = "/token";
    how.realm.service = "registry";
    return how;
  }

  /// Of the JSON, with a comma in front.
  std::string more;
  std::vector<std::string> requests;
  scripted_server server{[this](const std::string& request) {
    requests.push_back(request);
    return answer_with(R"({"token":"t)" + std::to_string(requests.size()) + "\"" + more + "}");
  }};
  asio::io_context context{1};
  bench::recorder entries;
  bench::authorizer client{context, permission(), "/v2/", 20s, entries};
};

const std::string blob = "/v2/a/b/blobs/sha256:0";

} // namespace

BOOST_AUTO_TEST_SUITE(authorizer)

BOOST_FIXTURE_TEST_CASE(a_token_is_asked_for_as_clients_do, token_server) {
  BOOST_TEST(authorize(blob) == "Bearer t1");
  BOOST_REQUIRE(requests.size() == 1u);
  BOOST_TEST(requests[0] ==
             "GET /token?service=registry&scope=repository:a/b:pull,push HTTP/1.1\r\n"
             "Host: auth.example\r\nUser-Agent: gantry-bench\r\n"
             "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_token_is_kept_for_its_repository, token_server) {
  BOOST_TEST(authorize(blob) == "Bearer t1");
  BOOST_TEST(authorize("/v2/a/b/manifests/v1") == "Bearer t1");
  BOOST_TEST(authorize("/v2/a/c/manifests/v1") == "Bearer t2");
  BOOST_TEST(authorize("/elsewhere/uploads/7") == "Bearer t2");
  BOOST_TEST(authorize(blob) == "Bearer t1");
  BOOST_TEST(requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_token_without_a_lifetime_left_is_not_kept) {
  token_server it{R"(,"expires_in":0)"};
  BOOST_TEST(it.authorize(blob) == "Bearer t1");
  BOOST_TEST(it.authorize(blob) == "Bearer t2");
}

BOOST_FIXTURE_TEST_CASE(what_was_refused_is_asked_for_with_the_scopes_that_were_wanted,
                        token_server) {
  authorize(blob);
  const std::string wanted =
    R"(Bearer realm="x",scope="repository:a/b:pull,push repository:a/b:delete",error="invalid_token")";
  BOOST_TEST(client.refused(blob, "Bearer t1", wanted));
  BOOST_TEST(authorize(blob) == "Bearer t2");
  BOOST_REQUIRE(requests.size() == 2u);
  BOOST_TEST(requests[1].starts_with("GET /token?service=registry&scope=repository:a/b:pull,push&"
                                     "scope=repository:a/b:delete HTTP/1.1\r\n"),
             requests[1]);
}

BOOST_FIXTURE_TEST_CASE(a_token_that_somebody_has_renewed_is_good, token_server) {
  authorize(blob);
  BOOST_TEST(client.refused(blob, "Bearer t0", R"(Bearer realm="x")"));
  BOOST_TEST(authorize(blob) == "Bearer t1");
}

BOOST_FIXTURE_TEST_CASE(those_who_ask_at_the_same_time_share_a_token, token_server) {
  std::vector<std::string> got;
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(context, client.authorize(blob),
                   [&got](std::exception_ptr, std::string value) { got.push_back(value); });
  context.run();
  BOOST_TEST(got == std::vector<std::string>(3, "Bearer t1"), boost::test_tools::per_element());
  BOOST_TEST(requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_password_needs_no_server) {
  asio::io_context context{1};
  bench::recorder entries;
  const bench::access_rules how{bench::access_rules::scheme::basic, bench::credentials{"a", ":b"}};
  bench::authorizer client{context, how, "/v2/", 20s, entries};
  std::string got;
  asio::co_spawn(context, client.authorize(blob),
                 [&got](std::exception_ptr, std::string value) { got = std::move(value); });
  context.run();
  BOOST_TEST(got == "Basic YTo6Yg==");
  BOOST_TEST(!client.refused(blob, got, R"(Basic realm="x")"));
}

BOOST_AUTO_TEST_CASE(a_token_server_that_gives_none_is_said_so) {
  for (const auto* answer : {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", ""}) {
    const scripted_server server{[answer](const std::string&) { return std::string{answer}; }};
    asio::io_context context{1};
    bench::recorder entries;
    bench::access_rules how{bench::access_rules::scheme::bearer};
    how.realm.server = {server.endpoint(), "127.0.0.1", "auth.example"};
    bench::authorizer client{context, how, "/v2/", 20s, entries};
    std::string got = "none yet";
    asio::co_spawn(context, client.authorize(blob),
                   [&got](std::exception_ptr, std::string value) { got = std::move(value); });
    context.run();
    BOOST_TEST(got == "");
    BOOST_TEST((client.fault() == "status_401" || client.fault() == "no_token" ||
                client.fault() == "closed"),
               client.fault());
  }
}

BOOST_AUTO_TEST_SUITE_END()
