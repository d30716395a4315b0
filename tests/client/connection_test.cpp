#include "client/connection.hpp"

#include "client/scripted_answers.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace client = gantry::client;
using client::body_use;
using gantry::test::ok;
using gantry::test::scripted_server;
using verb = boost::beast::http::verb;
using namespace std::chrono_literals;

namespace {

struct caller {
  explicit caller(const asio::ip::tcp::endpoint& address, std::chrono::milliseconds timeout = 20s,
                  bool reconnect = false)
    : connection{context, client::peer{address, "registry.example", "registry.example:5000"},
                 client::connection_settings{timeout, "test", reconnect}} {}

  /// Exchanges; checks the deadline when idle.
  client::error_code exchange(const client::request& what, body_use use = body_use::drop) {
    client::error_code ec;
    bool done = false;
    asio::co_spawn(context, connection.exchange(what, use, answer, ec),
                   [&done](std::exception_ptr failure) {
                     done = true;
                     if (failure)
                       std::rethrow_exception(failure);
                   });
    context.restart();
    while (!done) {
      context.run_one_for(5ms);
      connection.check_deadline(client::steady_clock::now());
    }
    return ec;
  }
  client::error_code get(body_use use = body_use::drop) {
    return exchange(client::request{verb::get, "/x"}, use);
  }

  asio::io_context context{1};
  client::connection connection;
  client::response answer;
};

scripted_server::script always(std::string answer) {
  return [answer](const std::string&) { return answer; };
}

const std::string ok_and_close =
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

struct broken_answer {
  const char* bytes;
  const char* name;
};

std::ostream& operator<<(std::ostream& out, const broken_answer& answer) {
  return out << answer.name;
}

const broken_answer broken[] = {
  {"", "closed"},
  {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nhello", "closed"},
  {"SSH-2.0-OpenSSH\r\n\r\n", "bad_response"},
  {"HTTP/1.1 abc OK\r\n\r\n", "bad_response"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(connection)

BOOST_AUTO_TEST_CASE(requests_carry_what_a_registry_needs) {
  std::vector<std::string> requests;
  scripted_server server{[&](const std::string& request) {
    requests.push_back(request);
    return ok;
  }};
  caller peer{server.endpoint()};
  client::request put{verb::put, "/v2/a/manifests/v1"};
  put.content_type = "text/plain";
  put.body = client::payload{"0123456789"};
  BOOST_TEST(!peer.exchange(put));
  put = client::request{verb::post, "/v2/a/blobs/uploads/"};
  BOOST_TEST(!peer.exchange(put));
  BOOST_REQUIRE(requests.size() == 2u);
  BOOST_TEST(requests[0] == "PUT /v2/a/manifests/v1 HTTP/1.1\r\nHost: registry.example:5000\r\n"
                            "User-Agent: test\r\nContent-Type: text/plain\r\n"
                            "Content-Length: 10\r\n\r\n0123456789");
  BOOST_TEST(requests[1] == "POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: registry.example:5000\r\n"
                            "User-Agent: test\r\nContent-Length: 0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(the_fields_of_an_answer_are_read) {
  scripted_server server{always(
    "HTTP/1.1 202 Accepted\r\nlocation: /u/1?s=2\r\nRange: 0-41\r\nLink: <?n=2>; rel=next\r\n"
    "docker-content-digest: sha256:ab\r\nContent-Length: 0\r\n\r\n")};
  caller peer{server.endpoint()};
  BOOST_TEST(!peer.get());
  BOOST_TEST(peer.answer.status == 202u);
  BOOST_TEST(peer.answer.location == "/u/1?s=2");
  BOOST_TEST(peer.answer.range == "0-41");
  BOOST_TEST(peer.answer.link == "<?n=2>; rel=next");
  BOOST_TEST(peer.answer.content_digest == "sha256:ab");
  BOOST_TEST(peer.answer.content_length.value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept_until_the_peer_closes_it) {
  int requests = 0;
  scripted_server server{
    [&](const std::string&) { return ++requests % 3 == 0 ? ok_and_close : ok; }};
  caller peer{server.endpoint()};
  for (int i = 0; i < 9; ++i)
    BOOST_TEST(!peer.get());
  BOOST_TEST(server.connections() == 3u);
}

BOOST_AUTO_TEST_CASE(a_body_is_kept_hashed_or_dropped) {
  scripted_server server{always(ok)};
  caller peer{server.endpoint()};
  BOOST_TEST(!peer.get(body_use::keep));
  BOOST_TEST(peer.answer.body == "hello");
  BOOST_TEST(!peer.get(body_use::hash));
  BOOST_TEST(peer.answer.body_digest->hex() ==
             "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  BOOST_TEST(peer.answer.body.empty());
  BOOST_TEST(!peer.get(body_use::drop));
  BOOST_TEST(peer.answer.body_size == 5u);
  BOOST_TEST(!peer.answer.body_digest.has_value());
}

BOOST_AUTO_TEST_CASE(a_long_body_is_hashed_piece_by_piece) {
  const std::string body(3'000'000, 'x');
  scripted_server server{always("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + body)};
  caller peer{server.endpoint()};
  BOOST_TEST(!peer.get(body_use::hash));
  BOOST_TEST(peer.answer.body_size == body.size());
  BOOST_TEST(peer.answer.body_digest->to_string() == gantry::digest::of(body).to_string());
}

BOOST_AUTO_TEST_CASE(a_chunked_body_and_one_that_ends_with_the_connection_are_read) {
  const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  const std::string until_end = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello";
  for (const auto& answer : {chunked, until_end}) {
    scripted_server server{always(answer)};
    caller peer{server.endpoint()};
    BOOST_TEST(!peer.get(body_use::keep));
    BOOST_TEST(peer.answer.body == "hello");
  }
}

// Beast's body parser asserts that the line after the last chunk arrives whole.
BOOST_AUTO_TEST_CASE(a_body_of_broken_chunks_is_an_error) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto* chunks : {"0\r\nX\xBB y", "0\r\n\n", "0\nX", "fffffffffffffffff\r\n", "x\r\n"}) {
    BOOST_TEST_CONTEXT(chunks) {
      scripted_server server{always(head + chunks)};
      caller peer{server.endpoint()};
      BOOST_TEST(client::name_of(peer.get()) == "bad_response");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_trailer_is_not_a_field_of_the_answer) {
  scripted_server server{always("HTTP/1.1 202 Accepted\r\nLocation: /a\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n0\r\nLocation: /b\r\n\r\n")};
  caller peer{server.endpoint()};
  BOOST_TEST(!peer.get());
  BOOST_TEST(peer.answer.location == "/a");
}

BOOST_AUTO_TEST_CASE(an_answer_to_head_has_no_body) {
  scripted_server server{[](const std::string& request) {
    return request.starts_with("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" : ok;
  }};
  caller peer{server.endpoint()};
  BOOST_TEST(!peer.exchange(client::request{verb::head, "/x"}));
  BOOST_TEST(peer.answer.content_length.value() == 99u);
  BOOST_TEST(!peer.get());
  BOOST_TEST(server.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(each_exchange_has_a_connection_of_its_own_if_that_is_asked_for) {
  std::vector<std::string> requests;
  scripted_server server{[&requests](const std::string& request) {
    requests.push_back(request);
    return ok; // the server would keep it
  }};
  caller peer{server.endpoint(), 20s, true};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(!peer.get());
  BOOST_TEST(server.connections() == 3u);
  BOOST_TEST(requests.size() == 3u);
  for (const auto& request : requests)
    BOOST_TEST(request.find("\r\nConnection: close\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(interim_responses_are_skipped) {
  scripted_server server{always("HTTP/1.1 100 Continue\r\n\r\n" + ok)};
  caller peer{server.endpoint()};
  BOOST_TEST(!peer.get());
  BOOST_TEST(peer.answer.status == 200u);
}

BOOST_DATA_TEST_CASE(a_broken_answer_is_named_and_the_next_request_connects_again, broken) {
  bool first = true;
  scripted_server server{
    [&](const std::string&) { return std::exchange(first, false) ? sample.bytes : ok; }};
  caller peer{server.endpoint()};
  const auto ec = peer.get();
  BOOST_REQUIRE(ec);
  BOOST_TEST(client::name_of(ec) == sample.name);
  BOOST_TEST(!peer.get());
  BOOST_TEST(server.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(further_fields_are_sent_as_they_are) {
  std::string seen;
  scripted_server server{[&seen](const std::string& request) {
    seen = request;
    return ok;
  }};
  caller peer{server.endpoint()};
  client::request what{verb::post, "/x"};
  what.more_fields = "X-A: 1\r\nX-B: 2\r\n";
  what.body = client::payload{"hello"};
  BOOST_TEST(!peer.exchange(what));
  BOOST_TEST(seen.find("\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 5\r\n\r\nhello") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_kept_body_is_bounded) {
  scripted_server server{always("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n")};
  caller peer{server.endpoint()};
  BOOST_TEST(client::name_of(peer.get(body_use::keep)) == "body_too_large");
  std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  scripted_server chunks{always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk +
                                chunk + chunk + chunk + chunk + "0\r\n\r\n")};
  caller other{chunks.endpoint()};
  BOOST_TEST(client::name_of(other.get(body_use::keep)) == "body_too_large");
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_times_out) {
  scripted_server server{always(scripted_server::silence)};
  caller peer{server.endpoint(), 20ms};
  BOOST_TEST(client::name_of(peer.get()) == "timed_out");
}

BOOST_AUTO_TEST_CASE(a_port_without_a_server_is_refused) {
  asio::ip::tcp::endpoint free_port;
  {
    const scripted_server server{always(ok)};
    free_port = server.endpoint();
  }
  caller peer{free_port};
  BOOST_TEST(client::name_of(peer.get()) == "refused");
}

BOOST_AUTO_TEST_CASE(an_aborted_connection_fails_every_exchange) {
  scripted_server server{always(ok)};
  caller peer{server.endpoint()};
  BOOST_TEST(!peer.get());
  peer.connection.abort();
  BOOST_TEST(client::name_of(peer.get()) == "aborted");
  BOOST_TEST(server.connections() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
