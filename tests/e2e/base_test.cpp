// The basics of the API over real sockets: version check, routing, methods, names and message
// framing.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

using namespace gantry::test;

namespace {

const std::string some_blob = "/v2/foo/blobs/" + digest_of_nothing();

struct name_case {
  std::string name;
  bool valid;
};

std::ostream& operator<<(std::ostream& out, const name_case& row) {
  return out << (row.valid ? "valid " : "invalid ") << row.name.substr(0, 40);
}

const std::vector<name_case> names{
  {"a", true},
  {"a/b", true},
  {"a.b", true},
  {"a_b", true},
  {"a__b", true},
  {"a-b", true},
  {"a---b", true},
  {std::string(255, 'a'), true},
  {"a___b", false},
  {"-a", false},
  {"a-", false},
  {"a//b", false},
  {"a/", false},
  {"a..b", false},
  {"UPPER", false}, // case 15
  {std::string(256, 'a'), false},
};

struct word_name {
  const char* name;
};

std::ostream& operator<<(std::ostream& out, const word_name& row) {
  return out << row.name;
}

const std::vector<word_name> route_words{
  {"foo/tags/list"},       {"manifests/blobs"}, {"blobs/uploads"}, {"tags"},
  {"referrers/manifests"}, {"uploads"},         {"list"},          {"v2/manifests/latest"},
};

struct method_case {
  const char* method;
  std::string target;
  std::string allow;
};

std::ostream& operator<<(std::ostream& out, const method_case& row) {
  return out << row.method << ' ' << row.target;
}

const std::vector<method_case> refused_methods{
  // case 4
  {"POST", "/v2/", "GET, HEAD"},
  {"PUT", "/v2/", "GET, HEAD"},
  {"DELETE", "/v2/", "GET, HEAD"},
  {"PATCH", "/v2/", "GET, HEAD"},
  // case 8
  {"FOO", some_blob, "DELETE, GET, HEAD"},
  // case 9
  {"POST", "/v2/foo/manifests/t", "DELETE, GET, HEAD, PUT"},
  {"PATCH", "/v2/foo/manifests/t", "DELETE, GET, HEAD, PUT"},
  {"PUT", some_blob, "DELETE, GET, HEAD"},
  {"GET", "/v2/foo/blobs/uploads/", "POST"},
  {"DELETE", "/v2/foo/tags/list", "GET, HEAD"},
  {"POST", "/v2/_catalog", "GET, HEAD"},
  // case 10
  {"TRACE", "/v2/", "GET, HEAD"},
};

struct framing_case {
  const char* what;
  std::string bytes;
};

std::ostream& operator<<(std::ostream& out, const framing_case& row) {
  return out << row.what;
}

std::vector<std::string> preflight_targets() {
  return {"/v2/",
          "/v2/foo/manifests/t",
          some_blob,
          "/v2/foo/blobs/uploads/",
          "/v2/foo/blobs/uploads/6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11",
          "/v2/foo/tags/list",
          "/v2/_catalog",
          "/v2/foo/referrers/" + digest_of_nothing(),
          "/",
          "/health"};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(base, registry_case, *boost::unit_test::fixture<shared_registry>())

// case 1
BOOST_AUTO_TEST_CASE(the_version_check_answers_an_empty_object) {
  const auto response = client.get("/v2/");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == "{}");
  BOOST_TEST(response.header("Content-Length") == "2");
  BOOST_TEST(response.header("Content-Type") == "application/json");
  BOOST_TEST(response.header("Docker-Distribution-Api-Version") == "registry/2.0");
}

// case 2
BOOST_AUTO_TEST_CASE(a_head_of_the_version_check_has_the_same_headers_and_no_body) {
  const auto response = client.head("/v2/");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Length") == "2");
  BOOST_TEST(response.header("Content-Type") == "application/json");
  BOOST_TEST(response.header("Docker-Distribution-Api-Version") == "registry/2.0");
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 3
BOOST_AUTO_TEST_CASE(the_version_check_needs_no_trailing_slash) {
  const auto response = client.get("/v2");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == "{}");
}

// cases 4, 8, 9, 10
BOOST_DATA_TEST_CASE_F(registry_case, a_method_that_the_route_lacks_is_refused,
                       boost::unit_test::data::make(refused_methods), row) {
  const header_list marked{{"X-Marker", "do-not-echo-this"}};
  const auto response =
    expect_error(client, {row.method, row.target, marked, {}}, 405, "UNSUPPORTED");
  BOOST_TEST(response.header("Allow") == row.allow);
  BOOST_TEST(response.body.find("do-not-echo-this") == std::string::npos);
}

// case 10
BOOST_AUTO_TEST_CASE(connect_opens_no_tunnel) {
  client.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
  const auto response = client.receive();
  BOOST_TEST(response.status == 405);
}

// case 5
BOOST_DATA_TEST_CASE_F(registry_case, options_answers_with_methods_and_cors_headers,
                       boost::unit_test::data::make(preflight_targets()), target) {
  const auto response = client.request(
    "OPTIONS", target, {{"Origin", "http://ui.example"}, {"Access-Control-Request-Method", "GET"}});
  BOOST_TEST(response.status == 204);
  BOOST_TEST(response.body.empty());
  BOOST_TEST(!response.has("Content-Length"));
  BOOST_TEST(!response.header("Allow").empty());
  BOOST_TEST(response.header("Access-Control-Allow-Origin") == "*");
  BOOST_TEST(!response.header("Access-Control-Allow-Methods").empty());
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 5
BOOST_AUTO_TEST_CASE(without_a_configured_origin_there_are_no_cors_headers) {
  running_registry server{[](auto& settings) { settings.api.cors_origins.clear(); }};
  registry_client plain{server};
  const auto response = plain.request("OPTIONS", "/v2/");
  BOOST_TEST(response.status == 204);
  BOOST_TEST(response.header("Allow") == "GET, HEAD");
  BOOST_TEST(!response.has("Access-Control-Allow-Origin"));
  BOOST_TEST(!plain.get("/v2/").has("Access-Control-Allow-Origin"));
}

BOOST_AUTO_TEST_CASE(every_answer_carries_the_configured_origin) {
  BOOST_TEST(client.get("/v2/").header("Access-Control-Allow-Origin") == "*");
  BOOST_TEST(client.get("/v2/bad").header("Access-Control-Allow-Origin") == "*");
}

// cases 6, 7
BOOST_AUTO_TEST_CASE(an_unknown_route_answers_a_registry_error) {
  for (const auto* target : {"/v2/bad", "/v2/unknown/method", "/unknown/url", "/v3/", "/v2/a/tags"})
    expect_error(client, {"GET", target}, 404, "UNSUPPORTED");
}

// case 11
BOOST_AUTO_TEST_CASE(dot_segments_never_leave_the_root) {
  for (const auto* target :
       {"/../../../v2/foo/tags/list", "/../../../../etc/passwd", "/v2/../../etc/passwd"}) {
    const auto response = client.get(target);
    BOOST_TEST((response.status == 400 || response.status == 404));
    BOOST_TEST(response.body.find("root:") == std::string::npos);
  }
}

// cases 12, 13
BOOST_AUTO_TEST_CASE(dot_and_empty_segments_are_refused_without_a_redirect) {
  for (const auto* target : {"/v2/a/../b/tags/list", "/v2/a/./b/tags/list", "/v2//foo/tags/list"})
    BOOST_TEST(!expect_error(client, {"GET", target}, 400, "NAME_INVALID").has("Location"));
}

// case 14
BOOST_AUTO_TEST_CASE(an_encoded_slash_separates_like_a_plain_one) {
  client.push_manifest("enc/oded", "t", lone_manifest("encoded"));
  const auto plain = client.get("/v2/enc/oded/tags/list");
  const auto encoded = client.get("/v2/enc%2Foded/tags/list");
  BOOST_TEST(plain.status == 200);
  BOOST_TEST(encoded.status == 200);
  BOOST_TEST(encoded.body == plain.body);
}

// case 14
BOOST_AUTO_TEST_CASE(bad_percent_encodings_are_refused) {
  for (const auto* target :
       {"/v2/a/%2e%2e/b/tags/list", "/v2/a%00b/tags/list", "/v2/a%c0%af/tags/list",
        "/v2/a%zz/tags/list", "/v2/a%2/tags/list", "/v2/a%ff/tags/list", "/v2/a%0d%0ab/tags/list"})
    expect_error(client, {"GET", target}, 400, "");
}

// cases 15, 16
BOOST_DATA_TEST_CASE_F(registry_case, repository_names_follow_the_grammar,
                       boost::unit_test::data::make(names), row) {
  if (row.valid)
    expect_error(client, {"GET", tags_path(row.name)}, 404, "NAME_UNKNOWN");
  else
    expect_error(client, {"GET", tags_path(row.name)}, 400, "NAME_INVALID");
}

// case 16
BOOST_DATA_TEST_CASE_F(registry_case, repositories_may_be_called_like_parts_of_routes,
                       boost::unit_test::data::make(route_words), row) {
  const auto bytes = lone_manifest(row.name);
  const auto id = client.push_manifest(row.name, "t", bytes);
  BOOST_TEST(client.get(manifest_path(row.name, "t")).body == bytes);
  BOOST_TEST(client.get(referrers_path(row.name, id)).status == 200);
  const auto blob = client.push_blob(row.name, row.name);
  BOOST_TEST(client.get(blob_path(row.name, blob)).body == row.name);
  const auto tags = client.get(tags_path(row.name));
  BOOST_TEST(tags.body == std::string{R"({"name":")"} + row.name + R"(","tags":["t"]})");
}

// case 17
BOOST_AUTO_TEST_CASE(root_and_health_answer_without_credentials) {
  BOOST_TEST(client.get("/").status == 200);
  BOOST_TEST(client.get("/health").status == 200);
}

// case 18
BOOST_AUTO_TEST_CASE(http_1_0_needs_no_host_and_closes) {
  client.send("GET /v2/ HTTP/1.0\r\n\r\n");
  const auto response = client.receive();
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == "{}");
  BOOST_TEST(client.peer_closes());
}

// case 18
BOOST_AUTO_TEST_CASE(connection_close_is_honoured) {
  const auto response = client.get("/v2/", {{"Connection", "close"}});
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.closes());
  BOOST_TEST(client.peer_closes());
}

// case 18
BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  client.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n"
              "HEAD /v2/ HTTP/1.1\r\nHost: x\r\n\r\n"
              "GET /v2/bad HTTP/1.1\r\nHost: x\r\n\r\n"
              "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(client.receive().body == "{}");
  BOOST_TEST(client.receive(true).status == 200);
  BOOST_TEST(client.receive().status == 404);
  BOOST_TEST(client.receive().body == R"({"status":"ok"})");
}

// case 18
BOOST_AUTO_TEST_CASE(a_body_may_be_pipelined_with_the_next_request) {
  const std::string bytes = "pipelined";
  const auto target = with_query(uploads_path("base/pipe"), "digest=" + sha256(bytes));
  client.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n" + bytes +
              "GET " + blob_path("base/pipe", sha256(bytes)) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(client.receive().status == 201);
  BOOST_TEST(client.receive().body == bytes);
}

// case 18
BOOST_AUTO_TEST_CASE(an_absolute_target_is_understood) {
  client.send("GET http://registry.example/v2/ HTTP/1.1\r\nHost: registry.example\r\n\r\n");
  BOOST_TEST(client.receive().body == "{}");
}

// case 18
BOOST_AUTO_TEST_CASE(an_acceptable_body_gets_100_continue) {
  const std::string bytes = "expected";
  const auto location = client.start_upload("base/expect");
  client.send_head("PUT", with_query(location, "digest=" + sha256(bytes)),
                   {{"Expect", "100-continue"}, {"Content-Length", "8"}});
  BOOST_TEST(client.receive_any().status == 100);
  client.send(bytes);
  BOOST_TEST(client.receive_any().status == 201);
}

// case 18
BOOST_DATA_TEST_CASE_F(registry_case, a_body_to_be_refused_gets_no_100_continue,
                       boost::unit_test::data::make(std::vector<framing_case>{
                         {"405", "POST /v2/foo/manifests/t"},
                         {"404", "PATCH /v2/foo/blobs/uploads/"
                                 "6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11"},
                         {"400", "PUT /v2/FOO/manifests/t"}}),
                       row) {
  client.send(row.bytes + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                          "Content-Type: application/vnd.oci.image.index.v1+json\r\n"
                          "Content-Length: 1000\r\n\r\n");
  check_error(client.receive_any(), std::stoi(row.what), "");
}

// case 19
BOOST_AUTO_TEST_CASE(a_head_that_is_too_large_is_refused_and_the_connection_closed) {
  header_list many;
  for (int i = 0; i < 80; ++i)
    many.emplace_back("X-Filler-" + std::to_string(i), std::string(1000, 'x'));
  const auto response = client.get("/v2/", many);
  check_error(response, 431, "", true);
  BOOST_TEST(response.closes());
  BOOST_TEST(client.peer_closes());
}

// case 19
BOOST_AUTO_TEST_CASE(an_oversized_field_is_not_mistaken_for_the_target) {
  for (const std::size_t size : {33'000, 70'000, 300'000}) {
    registry_client fresh{shared_registry::get()};
    const auto response = fresh.get("/v2/", {{"X-Filler", std::string(size, 'x')}});
    check_error(response, 431, "", true);
  }
}

// case 19
BOOST_AUTO_TEST_CASE(a_target_that_is_too_long_is_refused_and_the_connection_closed) {
  const auto response = client.get("/v2/_catalog?last=" + std::string(9000, 'x'));
  check_error(response, 414, "", true);
  BOOST_TEST(response.closes());
  BOOST_TEST(client.peer_closes());
}

BOOST_AUTO_TEST_SUITE_END()
