// Documents that are posted to one URL.
#include "client/poster.hpp"

#include "client/tls.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace gantry::client;
using gantry::test::scripted_server;
using namespace std::chrono_literals;

namespace {

std::string response_with(const std::string& status, const std::string& body = "",
                          const std::string& fields = {}) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct posting {
  explicit posting(const std::string& url, poster_settings chosen = {.timeout = 20s})
    : to{context, web_url::parse(url).value(), std::move(chosen)} {}

  post_answer send(std::string_view body = "{}") {
    auto sent = asio::co_spawn(context, to.post("text/x", body), asio::use_future);
    context.restart();
    context.run();
    return sent.get();
  }

  asio::io_context context{1};
  poster to;
};

} // namespace

BOOST_AUTO_TEST_SUITE(poster)

BOOST_AUTO_TEST_CASE(a_document_is_posted_with_its_type_and_more_fields) {
  std::vector<std::string> seen;
  const scripted_server server{[&seen](const std::string& request) {
    seen.push_back(request);
    return response_with("202 Accepted", "taken");
  }};
  posting sender{server.url() + "/event?x=1",
                 {.timeout = 20s, .user_agent = "me", .more_fields = "A: 1\r\nA: 2\r\n"}};
  const auto got = sender.send("one");
  BOOST_TEST(got.status == 202U);
  BOOST_TEST(got.body == "taken");
  sender.send("two");
  BOOST_TEST(server.connections() == 1U);
  BOOST_TEST_REQUIRE(seen.size() == 2U);
  BOOST_TEST(seen[0].starts_with("POST /event?x=1 HTTP/1.1\r\n"));
  for (const auto* line : {"\r\nContent-Type: text/x\r\n", "\r\nUser-Agent: me\r\n",
                           "\r\nA: 1\r\nA: 2\r\n", "\r\nContent-Length: 3\r\n"})
    BOOST_TEST(seen[0].find(line) != std::string::npos, line);
  BOOST_TEST(seen[1].ends_with("\r\n\r\ntwo"));
}

BOOST_AUTO_TEST_CASE(a_redirect_is_an_answer_like_others) {
  const scripted_server server{
    [](const std::string&) { return response_with("307 Away", "", "Location: /other\r\n"); }};
  BOOST_TEST(posting{server.url()}.send().status == 307U);
}

BOOST_AUTO_TEST_CASE(a_pause_that_the_server_wants_is_read) {
  const scripted_server server{
    [](const std::string&) { return response_with("503 Busy", "", "Retry-After: 7\r\n"); }};
  BOOST_CHECK(posting{server.url()}.send().retry_after == 7s);
}

BOOST_AUTO_TEST_CASE(silence_ends_at_the_deadline) {
  const scripted_server server{[](const std::string&) { return scripted_server::silence; }};
  const auto got = posting{server.url(), {.timeout = 20ms}}.send();
  BOOST_TEST(got.status == 0U);
  BOOST_TEST(got.why == "timed_out");
}

BOOST_AUTO_TEST_CASE(a_broken_connection_is_replaced) {
  int requests = 0;
  const scripted_server server{[&requests](const std::string&) {
    return ++requests == 1 ? std::string{} : response_with("200 OK");
  }};
  posting sender{server.url()};
  BOOST_TEST(sender.send().why == "closed");
  BOOST_TEST(sender.send().status == 200U);
}

BOOST_AUTO_TEST_CASE(nothing_is_posted_after_an_abort) {
  const scripted_server server{[](const std::string&) { return response_with("200 OK"); }};
  posting sender{server.url()};
  sender.to.abort();
  BOOST_TEST(sender.send().why == "aborted");
  BOOST_TEST(server.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(an_abort_ends_a_document_in_progress) {
  const scripted_server server{[](const std::string&) { return scripted_server::silence; }};
  posting sender{server.url()};
  auto sent = asio::co_spawn(sender.context, sender.to.post("a/b", "{}"), asio::use_future);
  asio::steady_timer later{sender.context, 1ms};
  later.async_wait([&](const auto&) { sender.to.abort(); });
  sender.context.run();
  BOOST_TEST(sent.get().why == "aborted");
}

BOOST_AUTO_TEST_CASE(https_wants_a_certificate_that_is_trusted) {
  const auto own = gantry::test::make_certificate("IP:127.0.0.1");
  const scripted_server server{[](const std::string&) { return response_with("200 OK"); }, own};
  const auto refused = posting{server.url(), {.timeout = 20s, .tls = make_tls({})}}.send();
  BOOST_TEST(refused.why.starts_with("its certificate is not accepted: "), refused.why);
  const gantry::test::temp_dir folder;
  folder.write("ca.pem", own.text);
  poster_settings chosen{.timeout = 20s, .tls = make_tls({(folder.path() / "ca.pem").string()})};
  posting trusting{server.url(), std::move(chosen)};
  BOOST_TEST(trusting.send().status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
