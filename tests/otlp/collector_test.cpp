// One batch and its answer, over HTTP.
#include "otlp/collector.hpp"

#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace gantry::otlp;
using gantry::test::scripted_server;
using namespace std::chrono_literals;

namespace {

std::string response(const std::string& status, const std::string& body = "{}",
                     const std::string& fields = {}) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

gantry::otlp::settings settings_for(const std::string& url) {
  gantry::otlp::settings chosen;
  chosen.endpoint = url;
  chosen.timeout = 20s;
  return chosen;
}

/// Sends one batch after the other over one collector.
struct sender {
  explicit sender(const gantry::otlp::settings& chosen)
    : to{make_collector(context, chosen, "1.2.3")} {}

  receipt send(const std::string& body = "{}") {
    auto sent = asio::co_spawn(context, to->send(body), asio::use_future);
    context.restart();
    context.run();
    return sent.get();
  }

  asio::io_context context{1};
  std::unique_ptr<collector> to;
};

receipt answer_to(const std::string& answer) {
  const scripted_server server{[answer](const std::string&) { return answer; }};
  return sender{settings_for(server.url() + "/v1/traces")}.send();
}

} // namespace

BOOST_AUTO_TEST_SUITE(collector)

BOOST_AUTO_TEST_CASE(a_batch_is_posted_as_json_with_the_wanted_fields) {
  std::vector<std::string> seen;
  const scripted_server server{[&seen](const std::string& request) {
    seen.push_back(request);
    return response("200 OK");
  }};
  auto chosen = settings_for(server.url() + "/here?x=1");
  chosen.headers = {{"api-key", "a b"}, {"x-team", "1"}};
  sender collecting{chosen};
  BOOST_TEST(collecting.send(R"({"resourceSpans":[]})").is_accepted());
  BOOST_TEST(collecting.send("{}").is_accepted());
  BOOST_TEST(server.connections() == 1U);
  BOOST_TEST_REQUIRE(seen.size() == 2U);
  BOOST_TEST(seen[0].starts_with("POST /here?x=1 HTTP/1.1\r\n"));
  for (const auto* line :
       {"\r\nContent-Type: application/json\r\n", "\r\napi-key: a b\r\n", "\r\nx-team: 1\r\n",
        "\r\nUser-Agent: gantry/1.2.3\r\n", "\r\nContent-Length: 20\r\n"})
    BOOST_TEST(seen[0].find(line) != std::string::npos, line);
  BOOST_TEST(seen[0].ends_with("\r\n\r\n{\"resourceSpans\":[]}"));
}

BOOST_AUTO_TEST_CASE(an_endpoint_without_a_path_means_the_root) {
  std::string seen;
  const scripted_server server{[&seen](const std::string& request) {
    seen = request;
    return response("200 OK");
  }};
  sender{settings_for(server.url())}.send();
  BOOST_TEST(seen.starts_with("POST / HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_CASE(a_failure_comes_with_its_text_and_its_pause) {
  const auto got = answer_to(response("503 Busy", "later\n\xff please", "Retry-After: 7\r\n"));
  BOOST_TEST(got.status == 503U);
  BOOST_TEST(!got.is_accepted());
  BOOST_TEST(got.may_be_repeated());
  BOOST_CHECK(got.retry_after == 7s);
  BOOST_TEST(got.why == "later?? please");
}

BOOST_AUTO_TEST_CASE(a_date_is_no_pause) {
  const auto got =
    answer_to(response("429 Too Many", "", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"));
  BOOST_TEST(got.may_be_repeated());
  BOOST_CHECK(!got.retry_after);
}

BOOST_AUTO_TEST_CASE(only_some_failures_may_be_repeated) {
  for (const auto* status : {"429 x", "502 x", "503 x", "504 x"})
    BOOST_TEST(answer_to(response(status)).may_be_repeated(), status);
  for (const auto* status : {"400 x", "401 x", "404 x", "413 x", "500 x", "501 x", "301 x"}) {
    const auto got = answer_to(response(status));
    BOOST_TEST(!got.may_be_repeated(), status);
    BOOST_TEST(!got.is_accepted(), status);
  }
}

BOOST_AUTO_TEST_CASE(spans_that_are_not_taken_are_counted) {
  const auto text = answer_to(
    response("200 OK", R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})"));
  BOOST_TEST(text.is_accepted());
  BOOST_TEST(text.rejected == 3U);
  BOOST_TEST(text.why == "too old");
  BOOST_TEST(answer_to(response("200 OK", R"({"partialSuccess":{"rejectedSpans":4}})")).rejected ==
             4U);
  for (const auto* body :
       {"", "no JSON", "[]", R"({"partialSuccess":1})",
        R"({"partialSuccess":{"rejectedSpans":-1}})", R"({"partialSuccess":{"rejectedSpans":"x"}})",
        R"({"partialSuccess":{"rejectedSpans":null}})"}) {
    const auto got = answer_to(response("200 OK", body));
    BOOST_TEST(got.is_accepted(), body);
    BOOST_TEST(got.rejected == 0U, body);
  }
}

BOOST_AUTO_TEST_CASE(a_broken_connection_has_a_reason_and_the_next_batch_another_one) {
  int requests = 0;
  const scripted_server server{[&requests](const std::string&) {
    return ++requests == 1 ? std::string{} : response("200 OK");
  }};
  sender collecting{settings_for(server.url())};
  const auto got = collecting.send();
  BOOST_TEST(got.status == 0U);
  BOOST_TEST(got.why == "closed");
  BOOST_TEST(got.may_be_repeated());
  BOOST_TEST(collecting.send().is_accepted());
}

BOOST_AUTO_TEST_CASE(a_collector_that_does_not_answer_is_given_up) {
  const scripted_server server{[](const std::string&) { return scripted_server::silence; }};
  auto chosen = settings_for(server.url());
  chosen.timeout = 20ms;
  const auto got = sender{chosen}.send();
  BOOST_TEST(got.status == 0U);
  BOOST_TEST(got.why == "timed_out");
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_after_an_abort) {
  const scripted_server server{[](const std::string&) { return response("200 OK"); }};
  sender collecting{settings_for(server.url())};
  BOOST_TEST(collecting.send().is_accepted());
  collecting.to->abort();
  BOOST_TEST(collecting.send().status == 0U);
}

BOOST_AUTO_TEST_CASE(https_needs_a_certificate_that_is_trusted) {
  const auto own = gantry::test::make_certificate("IP:127.0.0.1");
  const scripted_server server{[](const std::string&) { return response("200 OK"); }, own};
  auto chosen = settings_for(server.url());
  const auto refused = sender{chosen}.send();
  BOOST_TEST(refused.status == 0U);
  BOOST_TEST(refused.why.starts_with("its certificate is not accepted: "), refused.why);
  const gantry::test::temp_dir folder;
  folder.write("ca.pem", own.text);
  chosen.authorities = (folder.path() / "ca.pem").string();
  BOOST_TEST(sender{chosen}.send().is_accepted());
  chosen.authorities = "/no/such/file";
  BOOST_CHECK_THROW(sender{chosen}, std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
