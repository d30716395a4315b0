// The server at the socket level: fragments, malformed framing, slow and silent clients.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

using namespace gantry::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

struct malformed_request {
  const char* what;
  std::string bytes;
};

std::ostream& operator<<(std::ostream& out, const malformed_request& row) {
  return out << row.what;
}

std::string upload_head(const std::string& fields) {
  return "POST /v2/sock/bad/blobs/uploads/ HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

/// The beginning of a TLS 1.2 record with a ClientHello.
const std::string tls_hello =
  "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03 random bytes\x00\x00\x02"s;

const std::vector<malformed_request> malformed_requests{
  {"lines that end in LF alone", "GET /v2/ HTTP/1.1\nHost: x\n\n"},
  {"one field that ends in LF alone", "GET /v2/ HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n"},
  {"Content-Length with Transfer-Encoding",
   upload_head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
  {"Transfer-Encoding with Content-Length",
   upload_head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n"},
  {"two Content-Lengths", upload_head("Content-Length: 5\r\nContent-Length: 6\r\n") + "01234"},
  {"the same Content-Length twice",
   upload_head("Content-Length: 5\r\nContent-Length: 5\r\n") + "01234"},
  {"a Content-Length list", upload_head("Content-Length: 5, 5\r\n") + "01234"},
  {"a negative Content-Length", upload_head("Content-Length: -5\r\n")},
  {"a Content-Length that is no number", upload_head("Content-Length: five\r\n")},
  {"a Content-Length with a sign", upload_head("Content-Length: +5\r\n") + "01234"},
  {"a Content-Length above 64 bits", upload_head("Content-Length: 99999999999999999999\r\n")},
  {"gzip as transfer coding", upload_head("Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n"},
  {"an unknown transfer coding", upload_head("Transfer-Encoding: identity\r\n")},
  {"chunked twice", upload_head("Transfer-Encoding: chunked, chunked\r\n") + "0\r\n\r\n"},
  {"a blank before the colon", "GET /v2/ HTTP/1.1\r\nHost : x\r\n\r\n"},
  {"a field without a colon", "GET /v2/ HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"},
  {"no Host", "GET /v2/ HTTP/1.1\r\n\r\n"},
  {"two Hosts", "GET /v2/ HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
  {"no version", "GET /v2/\r\n\r\n"},
  {"a target with a blank", "GET /v2/ x HTTP/1.1\r\nHost: x\r\n\r\n"},
  {"a NUL in a field", "GET /v2/ HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n"s},
  {"a TLS hello", tls_hello},
  {"nonsense", "\x01\x02\x03\x04\r\n\r\n"},
};

/// A server whose timeouts `configure` has made short.
template <class Configure>
struct impatient_server {
  running_registry server;
  registry_client client;

  explicit impatient_server(Configure configure)
    : server{[&configure](auto& settings) { configure(settings.http); }}, client{server} {}
};

const std::string blob_bytes = "byte by byte";

} // namespace

BOOST_FIXTURE_TEST_SUITE(connection, registry_case, *boost::unit_test::fixture<shared_registry>())

// case 18
BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte) {
  const auto target = with_query(uploads_path("sock/bytes"), "digest=" + sha256(blob_bytes));
  const auto request = "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                       std::to_string(blob_bytes.size()) + "\r\n\r\n" + blob_bytes;
  for (const char byte : request)
    client.send({&byte, 1});
  BOOST_TEST(client.receive().status == 201);
  BOOST_TEST(client.get(blob_path("sock/bytes", sha256(blob_bytes))).body == blob_bytes);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_may_come_byte_by_byte) {
  const auto session = client.start_upload("sock/bytes");
  client.send_head("PATCH", session, {{"Transfer-Encoding", "chunked"}});
  for (const char byte : chunked(blob_bytes, 5))
    client.send({&byte, 1});
  const auto response = client.receive();
  BOOST_TEST(response.status == 202);
  BOOST_TEST(response.header("Range") == "0-" + std::to_string(blob_bytes.size() - 1));
}

// case 18
BOOST_AUTO_TEST_CASE(requests_may_share_and_straddle_segments) {
  const std::string one = "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(one + one + one.substr(0, 10));
  BOOST_TEST(client.receive().body == "{}");
  BOOST_TEST(client.receive().body == "{}");
  client.send(one.substr(10) + one);
  BOOST_TEST(client.receive().body == "{}");
  BOOST_TEST(client.receive().body == "{}");
  BOOST_TEST(client.silent());
}

BOOST_AUTO_TEST_CASE(many_pipelined_requests_are_all_answered) {
  std::string many;
  for (int i = 0; i < 500; ++i)
    many += "GET /v2/_catalog?n=" + std::to_string(i % 7) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  background sender{[&](const std::atomic<bool>&) { client.send(many); }};
  sender.join();
  int answered = 0;
  while (answered < 500 && client.receive().status == 200)
    ++answered;
  BOOST_TEST(answered == 500);
}

BOOST_AUTO_TEST_CASE(a_client_may_close_its_half_after_the_request) {
  client.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
  client.half_close();
  BOOST_TEST(client.receive().body == "{}");
  BOOST_TEST(client.peer_closes());
}

// case 18
BOOST_DATA_TEST_CASE_F(registry_case, malformed_framing_is_refused_and_the_connection_closed,
                       boost::unit_test::data::make(malformed_requests), row) {
  client.send(row.bytes);
  const auto response = client.receive();
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.closes());
  BOOST_TEST(client.peer_closes());
}

// RFC 9112, 5.2
BOOST_AUTO_TEST_CASE(a_folded_field_is_refused) {
  client.send("GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\n b\r\n\r\n");
  const auto response = client.receive();
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.closes());
}

// RFC 9112, 2.2
BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_may_come_in_pieces) {
  registry_client other{shared_registry::get()};
  for (const auto* piece : {"\r", "\n\r", "\n", "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r", "\n"}) {
    client.send(piece);
    BOOST_TEST(other.get("/v2/").status == 200);
  }
  BOOST_TEST(client.receive().body == "{}");
}

// Each field costs more memory than its bytes.
BOOST_AUTO_TEST_CASE(a_head_of_too_many_fields_is_refused) {
  std::string many = "GET /v2/ HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 200; ++i)
    many += "a:\r\n";
  client.send(many);
  BOOST_TEST(client.receive().status == 431);
  BOOST_TEST(client.peer_closes());
}

BOOST_AUTO_TEST_CASE(another_http_version_is_refused) {
  for (const auto* line :
       {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /v2/ HTTP/3.0\r\nHost: x\r\n\r\n",
        "GET /v2/ HTTP/0.9\r\nHost: x\r\n\r\n"}) {
    client.send(line);
    const auto response = client.receive();
    BOOST_TEST((response.status == 400 || response.status == 505));
    BOOST_TEST(client.peer_closes());
    client.reconnect();
  }
}

BOOST_DATA_TEST_CASE_F(registry_case, malformed_chunks_are_refused_and_the_connection_closed,
                       boost::unit_test::data::make({"x\r\n01234\r\n", "5\n01234\r\n0\r\n\r\n",
                                                     "-5\r\n01234\r\n0\r\n\r\n",
                                                     "5\r\n0123456\r\n0\r\n\r\n",
                                                     "fffffffffffffffff\r\n01234\r\n"}),
                       body) {
  const auto session = client.start_upload("sock/chunks");
  registry_client sending{shared_registry::get()};
  sending.send_head("PATCH", session, {{"Transfer-Encoding", "chunked"}});
  sending.send(body);
  const auto response = sending.receive();
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.closes());
  BOOST_TEST(sending.peer_closes());
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(trailers_and_chunk_extensions_are_passed_over) {
  const auto session = client.start_upload("sock/trailer");
  client.send_head("PATCH", session, {{"Transfer-Encoding", "chunked"}});
  client.send("5;name=value\r\n01234\r\n0\r\nX-Trailer: x\r\n\r\n");
  const auto response = client.receive();
  BOOST_TEST(response.status == 202);
  BOOST_TEST(response.header("Range") == "0-4");
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(the_body_of_a_get_does_not_become_a_request) {
  client.send("GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\n"
              "GET /v2/bad HTTP/1.1\r\nHost: x\r\n");
  const auto response = client.receive();
  BOOST_TEST((response.status == 200 || response.status == 400));
  if (response.closes())
    BOOST_TEST(client.peer_closes());
  else
    BOOST_TEST(client.get("/health").body == R"({"status":"ok"})");
}

BOOST_AUTO_TEST_CASE(a_head_that_does_not_end_costs_the_connection) {
  impatient_server slow{[](auto& http) { http.head_timeout = 300ms; }};
  slow.client.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n");
  const auto rest = slow.client.read_until_close();
  BOOST_TEST((rest.empty() || rest.starts_with("HTTP/1.1 408 ")));
  BOOST_TEST(registry_client{slow.server}.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed) {
  impatient_server quick{[](auto& http) { http.idle_timeout = 300ms; }};
  BOOST_TEST(quick.client.get("/v2/").status == 200);
  BOOST_TEST(quick.client.peer_closes());
  registry_client mute{quick.server};
  BOOST_TEST(mute.peer_closes());
}

BOOST_AUTO_TEST_CASE(a_stalled_body_costs_only_its_connection) {
  impatient_server strict{[](auto& http) {
    http.stall_timeout = 300ms;
    http.min_body_rate = 1000;
  }};
  const auto session = strict.client.start_upload("sock/stall");
  registry_client stalling{strict.server};
  stalling.send_head("PATCH", session, {{"Content-Length", "100000"}});
  stalling.send("a few bytes");
  BOOST_TEST(strict.client.push_image("sock/stall", "t", "meanwhile").digest.size() == 71U);
  const auto rest = stalling.read_until_close();
  BOOST_TEST((rest.empty() || rest.starts_with("HTTP/1.1 408 ")));
  BOOST_TEST(strict.client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_body_below_the_minimum_rate_costs_the_connection) {
  impatient_server strict{[](auto& http) {
    http.body_timeout = 200ms;
    http.stall_timeout = 200ms;
    http.min_body_rate = 100'000;
  }};
  const auto session = strict.client.start_upload("sock/rate");
  registry_client dribbling{strict.server};
  dribbling.send_head("PATCH", session, {{"Content-Length", "100000000"}});
  BOOST_TEST(eventually([&dribbling] {
    try {
      dribbling.send("x");
      return !dribbling.silent();
    } catch (const http_failure&) {
      return true;
    }
  }));
  BOOST_TEST(strict.client.get("/v2/").status == 200);
}

// A deleted blob keeps its memory while it is read: the second push succeeds once the reader is
// dropped.
BOOST_AUTO_TEST_CASE(a_client_that_reads_nothing_is_dropped) {
  running_registry server{[](auto& settings) {
    settings.http.send_timeout = 200ms;
    settings.memory_limit = 48 * 1024 * 1024;
  }};
  registry_client pushing{server};
  const auto first = noise(32 * 1024 * 1024, 1);
  const auto place = blob_path("sock/stuck", pushing.push_blob("sock/stuck", first));
  registry_client stuck{server};
  stuck.send_head("GET", place);
  BOOST_TEST(eventually([&stuck] { return !stuck.silent(); }));
  BOOST_TEST(pushing.erase(place).status == 202);
  const auto second = noise(32 * 1024 * 1024, 2);
  const auto target = with_query(uploads_path("sock/stuck"), "digest=" + sha256(second));
  BOOST_TEST(eventually([&] {
    registry_client retrying{server};
    return retrying.post(target, {}, second).status == 201;
  }));
  BOOST_TEST(stuck.read_until_close().size() < first.size());
}

BOOST_AUTO_TEST_CASE(a_refused_stream_still_gets_the_reason) {
  registry_client refused{shared_registry::get()};
  refused.send("PUT /v2/sock/refused/manifests/t HTTP/1.1\r\nHost: x\r\n"
               "Transfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
  for (int i = 0; i < 320; ++i) // 20 MiB, which the server must accept
    refused.send(chunk);
  refused.send("0\r\n\r\n");
  BOOST_TEST(refused.receive().status == 413);
}

BOOST_AUTO_TEST_CASE(vanishing_clients_leave_a_working_server) {
  const auto bytes = noise(2'000'000, 18);
  const auto id = client.push_blob("sock/vanish", bytes);
  for (int round = 0; round < 30; ++round) {
    registry_client vanishing{shared_registry::get()};
    vanishing.send_head("GET", blob_path("sock/vanish", id));
    if (round % 3 == 0)
      vanishing.reset();
    else if (round % 3 == 1)
      vanishing.close();
    else
      BOOST_TEST(vanishing.receive().body.size() == bytes.size());
  }
  BOOST_TEST((client.get(blob_path("sock/vanish", id)).body == bytes));
}

BOOST_AUTO_TEST_SUITE_END()
