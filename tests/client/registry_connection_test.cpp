#include "client/registry_connection.hpp"

#include "client/scripted_answers.hpp"
#include "support/has.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace client = gantry::client;
using gantry::test::has;
using gantry::test::ok;
using gantry::test::patient_settings;
using gantry::test::scripted_server;
using verb = boost::beast::http::verb;
using namespace std::chrono_literals;

namespace {

const std::string refused =
  "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
  "WWW-Authenticate: Bearer realm=\"x\",scope=\"repository:a:pull\"\r\n\r\n";
const std::string blob = "/v2/a/blobs/sha256:0";

/// Issues the tokens t1, t2, … until it is told to refuse.
struct token_server {
  bool refuses = false;
  int issued = 0;
  scripted_server server{[this](const std::string&) {
    return refuses ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                   : "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"token\":\"t" +
                       std::to_string(++issued) + "\"}";
  }};
};

/// A registry that accepts some tokens, and clients of it.
struct registry {
  explicit registry(std::string accepted_token) : accepted{std::move(accepted_token)} {}

  client::registry_site site(client::access_rules::scheme how) const {
    client::registry_site made{{server.endpoint(), "127.0.0.1", "registry.example"}, ""};
    made.permission.how = how;
    made.permission.who = client::credentials{"user", "secret"};
    made.permission.realm.server = {tokens.server.endpoint(), "127.0.0.1", "auth.example"};
    return made;
  }

  void run(asio::awaitable<void> work) {
    asio::co_spawn(context, std::move(work), asio::detached);
    context.restart();
    context.run();
  }
  void get(client::registry_connection& over) {
    ec = {};
    const client::request what{verb::get, blob};
    run(over.exchange(what, client::body_use::keep, answer, ec));
  }

  /// Text that a request must contain; empty accepts any.
  std::string accepted;
  std::vector<std::string> requests;
  token_server tokens;
  scripted_server server{[this](const std::string& request) {
    requests.push_back(request);
    return has(request, accepted) ? ok : refused;
  }};
  asio::io_context context{1};
  client::response answer;
  client::error_code ec;
};

using scheme = client::access_rules::scheme;

} // namespace

BOOST_AUTO_TEST_SUITE(registry_connection)

BOOST_AUTO_TEST_CASE(an_open_registry_gets_no_credentials) {
  registry it{""};
  client::registry_connection over{it.context, it.site(scheme::none), patient_settings};
  it.get(over);
  BOOST_TEST(!it.ec);
  BOOST_TEST(it.answer.body == "hello");
  BOOST_TEST(!has(it.requests.at(0), "Authorization"));
}

BOOST_AUTO_TEST_CASE(a_password_is_sent_with_every_request) {
  registry it{"\r\nAuthorization: Basic dXNlcjpzZWNyZXQ=\r\n"};
  client::registry_connection over{it.context, it.site(scheme::basic), patient_settings};
  it.get(over);
  it.get(over);
  BOOST_TEST(it.answer.status == 200u);
  BOOST_TEST(it.requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_refused_password_is_not_sent_again) {
  registry it{"never"};
  client::registry_connection over{it.context, it.site(scheme::basic), patient_settings};
  it.get(over);
  BOOST_TEST(it.answer.status == 401u);
  BOOST_TEST(it.requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_renewed_and_the_request_sent_once_more) {
  registry it{"\r\nAuthorization: Bearer t2\r\n"};
  client::registry_connection over{it.context, it.site(scheme::bearer), patient_settings};
  client::steady_clock::time_point renewed;
  over.observe_tokens([&](client::steady_clock::time_point begun, const std::string& fault) {
    BOOST_TEST(fault == "");
    renewed = begun;
  });
  it.get(over);
  BOOST_TEST(!it.ec);
  BOOST_TEST(it.answer.body == "hello");
  BOOST_TEST(it.requests.size() == 2u);
  BOOST_TEST(it.tokens.issued == 2);
  // The time of the second request.
  BOOST_TEST((over.begun() >= renewed));
}

BOOST_AUTO_TEST_CASE(a_renewed_token_that_is_refused_too_is_the_response) {
  registry it{"never"};
  client::registry_connection over{it.context, it.site(scheme::bearer), patient_settings};
  it.get(over);
  BOOST_TEST(!it.ec);
  BOOST_TEST(it.answer.status == 401u);
  BOOST_TEST(it.requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(without_a_token_nothing_is_sent) {
  registry it{""};
  it.tokens.refuses = true;
  client::registry_connection over{it.context, it.site(scheme::bearer), patient_settings};
  it.get(over);
  BOOST_TEST((it.ec == client::no_token));
  BOOST_TEST(client::name_of(it.ec) == "no_token");
  BOOST_TEST(over.token_fault() == "status_403");
  const client::request put{verb::put, blob};
  it.ec = {};
  it.run(over.cut_off(put, 0, it.ec));
  BOOST_TEST((it.ec == client::no_token));
  BOOST_TEST(it.requests.empty());
}

BOOST_AUTO_TEST_CASE(connections_of_one_client_share_its_tokens) {
  registry it{"\r\nAuthorization: Bearer t1\r\n"};
  const auto site = it.site(scheme::bearer);
  client::registry_connection first{it.context, site, patient_settings};
  client::registry_connection second{it.context, site, patient_settings, first};
  it.get(second);
  it.get(first);
  BOOST_TEST(it.answer.status == 200u);
  BOOST_TEST(it.tokens.issued == 1);
  BOOST_TEST(it.server.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_cut_off_is_authorised) {
  registry it{""};
  std::promise<std::string> arrived;
  const scripted_server server{[&](const std::string& request) {
    arrived.set_value(request);
    return ok;
  }};
  auto site = it.site(scheme::bearer);
  site.server.address = server.endpoint();
  client::registry_connection over{it.context, site, patient_settings};
  // The head alone is a whole request, because it announces no body.
  const client::request put{verb::put, blob};
  it.run(over.cut_off(put, 0, it.ec));
  BOOST_TEST(!it.ec);
  BOOST_TEST(has(arrived.get_future().get(), "\r\nAuthorization: Bearer t1\r\n"));
}

BOOST_AUTO_TEST_CASE(an_aborted_connection_fails_every_exchange) {
  registry it{""};
  client::registry_connection over{it.context, it.site(scheme::none), patient_settings};
  over.abort();
  it.get(over);
  BOOST_TEST(client::name_of(it.ec) == "aborted");
  BOOST_TEST(over.is_aborted());
  BOOST_TEST(it.requests.empty());
}

BOOST_AUTO_TEST_SUITE_END()
