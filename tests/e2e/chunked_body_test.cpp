// Bodies in the chunked coding, over a socket.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;

namespace {

const std::string index_bytes = R"({"schemaVersion":2,"manifests":[]})";

/// A push of `index_bytes` in chunks of 16 bytes, followed by `end`.
std::string push(const std::string& end = "0\r\n\r\n") {
  auto body = chunked(index_bytes, 16);
  body.resize(body.size() - 5);
  return "PUT /v2/chunks/a/manifests/t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
         "Content-Type: application/vnd.oci.image.index.v1+json\r\n\r\n" +
         body + end;
}

std::string with_trailer(const std::string& line) {
  return push("0\r\n" + line + "\r\n\r\n");
}

const char* const refused_trailers[] = {"Content-Length: 5", "Transfer-Encoding: chunked",
                                        "Host: y", "AUTHORIZATION: Basic eA=="};

} // namespace

BOOST_FIXTURE_TEST_SUITE(chunked_body, registry_case, *boost::unit_test::fixture<shared_registry>())

BOOST_AUTO_TEST_CASE(a_push_may_be_cut_anywhere) {
  const auto whole = push("0;last\r\nX-T: y\r\n\r\n");
  registry_client other{shared_registry::get()};
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    client.send(whole.substr(0, cut));
    BOOST_TEST(other.get("/v2/").status == 200); // gives the server time to read the first part
    client.send(whole.substr(cut));
    const auto response = client.receive();
    BOOST_REQUIRE_EQUAL(response.status, 201);
    BOOST_REQUIRE(!response.closes());
  }
  BOOST_TEST(client.get("/v2/chunks/a/manifests/t").body == index_bytes);
}

BOOST_AUTO_TEST_CASE(an_empty_upload_may_end_in_pieces) {
  const auto target = with_query(uploads_path("chunks/a"), "digest=" + sha256(""));
  client.send_head("POST", target, {{"Transfer-Encoding", "chunked"}});
  for (const auto* piece : {"0\r\n", "\r", "\n"}) {
    BOOST_TEST(client.silent());
    client.send(piece);
    BOOST_TEST(registry_client{shared_registry::get()}.get("/v2/").status == 200);
  }
  BOOST_TEST(client.receive().status == 201);
}

BOOST_AUTO_TEST_CASE(requests_may_follow_a_chunked_body_at_once) {
  const std::string next = "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(push() + push() + next + push() + next);
  for (const int status : {201, 201, 200, 201, 200})
    BOOST_TEST(client.receive().status == status);
  BOOST_TEST(client.silent());
}

BOOST_AUTO_TEST_CASE(chunks_of_any_size_add_up) {
  const auto blob = noise(1'000'000, 7);
  const auto target = with_query(uploads_path("chunks/a"), "digest=" + sha256(blob));
  for (const std::size_t piece : {0U, 3U, 4'000U, 32'768U, 300'000U}) {
    const header_list headers{{"Transfer-Encoding", "chunked"}};
    BOOST_TEST(client.post(target, headers, chunked(blob, piece)).status == 201);
    BOOST_TEST((client.get(blob_path("chunks/a", sha256(blob))).body == blob));
  }
}

BOOST_DATA_TEST_CASE_F(registry_case, a_trailer_that_could_change_the_request_is_refused,
                       boost::unit_test::data::make(refused_trailers), line) {
  client.send(with_trailer(line));
  const auto response = client.receive();
  check_error(response, 400, "BAD_REQUEST");
  BOOST_TEST(response.body.find("the trailer '") != std::string::npos);
  BOOST_TEST(response.closes());
  BOOST_TEST(client.peer_closes());
}

BOOST_AUTO_TEST_CASE(other_trailers_are_dropped) {
  client.send(with_trailer("X-T: y\r\nContent-Type: text/plain\r\nOrigin: http://evil.example"));
  const auto response = client.receive();
  BOOST_TEST(response.status == 201);
  BOOST_TEST(!response.has("Access-Control-Expose-Headers"));
  BOOST_TEST(!response.closes());
}

BOOST_AUTO_TEST_CASE(an_extension_without_an_end_is_refused) {
  client.send(push("1;" + std::string(60'000, 'x')));
  const auto response = client.receive();
  check_error(response, 400, "BAD_REQUEST");
  BOOST_TEST(response.closes());
  BOOST_TEST(client.peer_closes());
}

BOOST_AUTO_TEST_CASE(trailers_without_an_end_are_refused) {
  std::string many = "0\r\n";
  for (int i = 0; i < 1000; ++i)
    many += "X-T: y\r\n";
  client.send(push(many));
  check_error(client.receive(), 400, "BAD_REQUEST");
  BOOST_TEST(client.peer_closes());
}

// The remaining length of a chunked body is only known at its end.
BOOST_AUTO_TEST_CASE(a_connection_that_ends_after_an_unread_chunked_body_says_so) {
  client.send_head("PUT", "/v2/UPPER/manifests/t", {{"Transfer-Encoding", "chunked"}});
  const auto response = client.receive();
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.closes());
  client.send("0\r\n\r\n");
  BOOST_TEST(client.peer_closes());
}

BOOST_AUTO_TEST_CASE(a_connection_continues_after_an_unread_chunked_body_that_has_arrived) {
  client.send(
    "PUT /v2/UPPER/manifests/t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
    chunked(index_bytes, 5));
  const auto response = client.receive();
  BOOST_TEST(response.status == 400);
  if (response.closes()) // the body arrived after the head
    client.reconnect();
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
