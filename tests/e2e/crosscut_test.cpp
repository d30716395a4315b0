// Properties of every answer: framing, headers, locations, limits of the whole server.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <ostream>
#include <set>
#include <string>
#include <vector>

using namespace gantry::test;

namespace {

struct failing_request {
  const char* method;
  std::string target;
  int status;
  const char* code;
};

const std::vector<failing_request> failures{
  {"GET", "/v2/bad", 404, "UNSUPPORTED"},
  {"DELETE", "/v2/", 405, "UNSUPPORTED"},
  {"GET", "/v2/UPPER/tags/list", 400, "NAME_INVALID"},
  {"GET", "/v2/cross/absent/tags/list", 404, "NAME_UNKNOWN"},
  {"GET", "/v2/_catalog?n=x", 400, "PAGINATION_NUMBER_INVALID"},
  {"GET", "/v2/cross/a/blobs/sha256:bad", 400, "DIGEST_INVALID"},
  {"GET", blob_path("cross/a", digest_of_nothing()), 404, "BLOB_UNKNOWN"},
  {"GET", "/v2/cross/a/manifests/absent", 404, "MANIFEST_UNKNOWN"},
  {"DELETE", "/v2/cross/a/manifests/absent", 404, "MANIFEST_UNKNOWN"},
  {"GET", "/v2/cross/a/referrers/latest", 400, "DIGEST_INVALID"},
  {"PUT", "/v2/cross/a/manifests/.bad", 400, "TAG_INVALID"},
  {"POST", "/v2/cross/a/blobs/uploads/?digest=bad", 400, "DIGEST_INVALID"},
  {"DELETE", "/v2/cross/a/blobs/uploads/6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11", 404,
   "BLOB_UPLOAD_UNKNOWN"},
};

struct forwarded_case {
  header_list headers;
  const char* origin;
};

std::ostream& operator<<(std::ostream& out, const forwarded_case& row) {
  return out << row.origin;
}

const std::vector<forwarded_case> forwarded{
  {{{"Host", "registry.example:5000"}}, "http://registry.example:5000"},
  {{{"Host", "registry.example"}}, "http://registry.example"},
  {{{"Host", "inner:5000"}, {"X-Forwarded-Proto", "https"}}, "https://inner:5000"},
  {{{"Host", "inner"}, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "outer.example:8443"}},
   "https://outer.example:8443"},
  {{{"Host", "inner"}, {"X-Forwarded-Host", "first.example, second.example"}},
   "http://first.example"},
  {{{"Host", "inner"}, {"Forwarded", "proto=https;host=outer.example"}}, "https://outer.example"},
  {{{"Host", "inner"}, {"Forwarded", "for=192.0.2.1;host=\"outer.example:8443\";proto=https"}},
   "https://outer.example:8443"},
};

/// Headers that may differ between two answers to the same request.
header_list lasting_headers(const http_response& response) {
  auto headers = response.headers;
  std::erase_if(headers, [](const auto& header) {
    return header.first == "Date" || header.first == "X-Request-Id";
  });
  std::sort(headers.begin(), headers.end());
  return headers;
}

bool is_request_id(const std::string& text) {
  return !text.empty() && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
         });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(crosscut, registry_case, *boost::unit_test::fixture<shared_registry>())

// case 168: what applies to a cache applies to every read-only registry.
BOOST_AUTO_TEST_CASE(a_read_only_registry_refuses_every_mutation) {
  running_registry server{[](auto& settings) { settings.api.read_only = true; }};
  registry_client asking{server};
  const auto session = uploads_path("cross/ro") + "6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11";
  const auto manifest = manifest_path("cross/ro", "t");
  for (const auto& [method, target] : std::vector<std::pair<const char*, std::string>>{
         {"PUT", manifest},
         {"DELETE", manifest},
         {"DELETE", manifest_path("cross/ro", digest_of_nothing())},
         {"DELETE", blob_path("cross/ro", digest_of_nothing())},
         {"POST", uploads_path("cross/ro")},
         {"PATCH", session},
         {"PUT", with_query(session, "digest=" + digest_of_nothing())},
         {"DELETE", session}})
    expect_error(asking, {method, target}, 405, "UNSUPPORTED");
}

// case 179
BOOST_AUTO_TEST_CASE(one_connection_survives_every_error) {
  for (const auto& row : failures)
    BOOST_TEST_CONTEXT(row.method << ' ' << row.target) {
      const auto response = client.request(row.method, row.target);
      check_error(response, row.status, row.code);
      BOOST_TEST(!response.closes());
    }
  BOOST_TEST(client.get("/v2/").body == "{}");
}

// case 179
BOOST_AUTO_TEST_CASE(one_connection_survives_the_same_errors_with_head) {
  for (const auto& row : failures) {
    if (std::string_view{row.method} != "GET")
      continue;
    const auto response = client.head(row.target);
    BOOST_TEST(response.status == row.status);
    BOOST_TEST(!response.closes());
    BOOST_TEST(std::atoi(response.header("Content-Length").c_str()) > 0);
  }
  BOOST_TEST(client.get("/v2/").body == "{}");
}

// case 179
BOOST_AUTO_TEST_CASE(a_large_body_that_is_refused_is_drained_or_costs_the_connection) {
  const auto bytes = noise(6'000'000, 179);
  for (const auto& target : {std::string{"/v2/bad"}, manifest_path("cross/a", ".bad"),
                             uploads_path("cross/a") + "6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11"}) {
    const auto response = client.put(target, {}, bytes);
    check_error(response, response.status, "");
    BOOST_TEST((response.status == 400 || response.status == 404));
    if (response.closes())
      client.reconnect();
    BOOST_TEST(client.get("/v2/").status == 200);
  }
}

// case 180
BOOST_AUTO_TEST_CASE(a_client_above_the_upload_limit_is_told_when_to_retry) {
  running_registry server{[](auto& settings) { settings.actors.max_uploads = 1; }};
  registry_client pushing{server};
  const auto open = pushing.start_upload("cross/first");
  const auto refused =
    expect_error(pushing, {"POST", uploads_path("cross/second")}, 429, "TOOMANYREQUESTS");
  const auto seconds = refused.header("Retry-After");
  BOOST_TEST(!seconds.empty());
  BOOST_TEST(seconds.find_first_not_of("0123456789") == std::string::npos);
  BOOST_TEST(pushing.erase(open).status == 204);
  pushing.push_blob("cross/second", "content");
}

// case 182
BOOST_AUTO_TEST_CASE(a_warning_stays_short_however_much_is_missing) {
  image_parts parts{.config = describe(types::config, "missing")};
  for (int i = 0; i < 300; ++i)
    parts.layers.push_back(describe(types::layer, "missing " + std::to_string(i)));
  const auto response = client.put(manifest_path("cross/warning", "t"),
                                   {{"Content-Type", types::manifest}}, render(parts));
  BOOST_TEST(response.status == 201);
  const auto warnings = response.values("Warning");
  BOOST_REQUIRE(warnings.size() == 1U);
  BOOST_TEST(warnings[0].starts_with("299 - \""));
  BOOST_TEST(warnings[0].find('"', 7) == warnings[0].size() - 1);
  BOOST_TEST(warnings[0].starts_with("299 - \"at least 100 of "));
  BOOST_TEST(warnings[0].size() <= 4096U);
}

// case 183
BOOST_AUTO_TEST_CASE(a_prefix_stands_before_every_path) {
  running_registry server{[](auto& settings) { settings.api.prefix = "/test"; }};
  registry_client asking{server};
  BOOST_TEST(asking.get("/test/v2/").body == "{}");
  const auto opened = asking.post("/test/v2/cross/prefix/blobs/uploads/");
  const auto session = opened.header("Location");
  BOOST_TEST(session.starts_with("/test/v2/cross/prefix/blobs/uploads/"));
  const auto patched = asking.patch(session, {}, "bytes");
  BOOST_TEST(patched.header("Location").starts_with("/test/v2/"));
  const auto done = asking.put(with_query(patched.header("Location"), "digest=" + sha256("bytes")));
  BOOST_TEST(done.header("Location") == "/test" + blob_path("cross/prefix", sha256("bytes")));
  BOOST_TEST(asking.get(done.header("Location")).body == "bytes");
  for (const auto* tag : {"a", "b"}) {
    const auto response = asking.put("/test" + manifest_path("cross/prefix", tag),
                                     {{"Content-Type", types::index}}, lone_manifest(tag));
    BOOST_TEST(response.header("Location").starts_with("/test/v2/cross/prefix/manifests/sha256:"));
  }
  BOOST_TEST(asking.get("/test/v2/cross/prefix/tags/list?n=1").header("Link") ==
             R"(</test/v2/cross/prefix/tags/list?last=a&n=1>; rel="next")");
  check_error(asking.get("/v2/"), 404, "UNSUPPORTED", true);
}

// case 184
BOOST_DATA_TEST_CASE(absolute_locations_name_the_host_of_the_request,
                     boost::unit_test::data::make(forwarded), row) {
  running_registry server{[](auto& settings) {
    settings.api.absolute_locations = true;
    settings.api.trusted_proxies = gantry::net::networks{{"127.0.0.1"}};
  }};
  registry_client asking{server};
  const std::string origin = row.origin;
  const auto session = asking.post(uploads_path("cross/host"), row.headers).header("Location");
  BOOST_TEST(session.starts_with(origin + "/v2/cross/host/blobs/uploads/"));
  const auto patched = asking.patch(path_of(session), row.headers, "bytes").header("Location");
  BOOST_TEST(patched.starts_with(origin + "/v2/cross/host/blobs/uploads/"));
  const auto done =
    asking.put(with_query(path_of(patched), "digest=" + sha256("bytes")), row.headers);
  BOOST_TEST(done.header("Location") == origin + blob_path("cross/host", sha256("bytes")));
  for (const auto* tag : {"a", "b"})
    asking.push_manifest("cross/host", tag, lone_manifest(tag));
  BOOST_TEST(asking.get(tags_path("cross/host", "n=1"), row.headers).header("Link") ==
             "<" + origin + R"(/v2/cross/host/tags/list?last=a&n=1>; rel="next")");
}

// cases 184, 185
BOOST_AUTO_TEST_CASE(locations_that_are_paths_never_hold_a_host) {
  const header_list evil{{"Host", "evil.example"},
                         {"X-Forwarded-Host", "evil.example"},
                         {"X-Forwarded-Proto", "https"},
                         {"Forwarded", "host=evil.example"}};
  const auto opened = client.post(uploads_path("cross/evil"), evil);
  const auto session = opened.header("Location");
  const auto status = client.get(session, evil);
  const auto patched = client.patch(session, evil, "bytes");
  const auto done = client.put(with_query(session, "digest=" + sha256("bytes")), evil);
  for (const auto* tag : {"a", "b"})
    client.push_manifest("cross/evil", tag, lone_manifest(tag));
  const auto listed = client.get(tags_path("cross/evil", "n=1"), evil);
  BOOST_TEST(listed.has("Link"));
  for (const auto& response : {opened, status, patched, done, listed}) {
    BOOST_TEST(response.status < 300);
    BOOST_TEST((response.has("Link") || response.header("Location").starts_with("/v2/")));
    for (const auto& [name, value] : response.headers)
      BOOST_TEST(value.find("evil.example") == std::string::npos);
  }
}

// case 187
BOOST_AUTO_TEST_CASE(a_head_has_the_headers_of_the_get) {
  const auto image = client.push_image("cross/head", "t", "head");
  for (const auto& target :
       {std::string{"/"}, std::string{"/health"}, std::string{"/readyz"}, std::string{"/v2/"},
        std::string{"/v2"}, std::string{"/v2/_catalog"}, std::string{"/__parlel/repositories"},
        tags_path("cross/head"), tags_path("cross/head", "n=0"), manifest_path("cross/head", "t"),
        manifest_path("cross/head", image.digest), blob_path("cross/head", sha256(image.config)),
        referrers_path("cross/head", image.digest), client.start_upload("cross/head"),
        std::string{"/v2/bad"}, tags_path("cross/absent")}) {
    const auto got = client.get(target);
    const auto headed = client.head(target);
    BOOST_TEST_CONTEXT(target) {
      BOOST_TEST(headed.status == got.status);
      BOOST_TEST((lasting_headers(headed) == lasting_headers(got)));
    }
  }
}

// case 188
BOOST_AUTO_TEST_CASE(encoded_bodies_are_refused) {
  const header_list coded{{"Content-Encoding", "gzip"}, {"Content-Type", types::index}};
  const auto id = sha256("bytes");
  const auto session = client.start_upload("cross/coded");
  for (const auto& request : std::vector<http_request>{
         {"PUT", manifest_path("cross/coded", "t"), coded, lone_manifest("x")},
         {"PATCH", session, coded, "bytes"},
         {"PUT", with_query(session, "digest=" + id), coded, "bytes"},
         {"POST", with_query(uploads_path("cross/coded"), "digest=" + id), coded, "bytes"}})
    expect_error(client, request, 415, "UNSUPPORTED");
  BOOST_TEST(client.head(blob_path("cross/coded", id)).status == 404);
  BOOST_TEST(client.get(manifest_path("cross/coded", "t")).status == 404);
  const header_list plain{{"Content-Encoding", "identity"}, {"Content-Type", types::index}};
  BOOST_TEST(client.put(manifest_path("cross/coded", "t"), plain, lone_manifest("x")).status ==
             201);
}

// case 189
BOOST_AUTO_TEST_CASE(every_answer_has_a_date) {
  for (const auto& response :
       {client.get("/v2/"), client.get("/v2/bad"), client.post(uploads_path("cross/date")),
        client.request("OPTIONS", "/v2/"), client.get("/")}) {
    std::tm date{};
    const auto text = response.header("Date");
    const auto* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    BOOST_REQUIRE(end != nullptr);
    BOOST_TEST(*end == '\0');
    BOOST_TEST(std::abs(std::difftime(timegm(&date), std::time(nullptr))) < 30);
  }
}

// case 189
BOOST_AUTO_TEST_CASE(an_answer_without_a_body_has_no_content_type) {
  const auto session = client.start_upload("cross/empty");
  const auto id = sha256("bytes");
  BOOST_TEST(!client.patch(session, {}, "bytes").has("Content-Type"));
  BOOST_TEST(!client.get(session).has("Content-Type"));
  BOOST_TEST(!client.put(with_query(session, "digest=" + id)).has("Content-Type"));
  BOOST_TEST(!client.erase(blob_path("cross/empty", id)).has("Content-Type"));
}

BOOST_AUTO_TEST_CASE(a_request_id_is_echoed_or_made) {
  const auto id_for = [this](const std::string& given) {
    const auto ids = client.get("/v2/", {{"X-Request-Id", given}}).values("X-Request-Id");
    BOOST_REQUIRE(ids.size() == 1U);
    return ids[0];
  };
  for (const auto& good : {std::string{"a"}, std::string{"Client.1_2-3"}, std::string(128, 'x')})
    BOOST_TEST(id_for(good) == good);
  for (const auto& bad : {std::string{""}, std::string{"a b"}, std::string{"a/b"},
                          std::string{"<x>"}, std::string(129, 'x')}) {
    BOOST_TEST(id_for(bad) != bad);
    BOOST_TEST(is_request_id(id_for(bad)));
  }
}

BOOST_AUTO_TEST_CASE(every_answer_has_a_request_id_of_its_own) {
  std::set<std::string> ids;
  for (const auto* target : {"/", "/v2/", "/v2/bad", "/health", "/nowhere", "/v2/_catalog"}) {
    const auto id = client.get(target).header("X-Request-Id");
    BOOST_TEST(is_request_id(id));
    ids.insert(id);
  }
  BOOST_TEST(ids.size() == 6U);
  BOOST_TEST(client.post(uploads_path("cross/id")).has("X-Request-Id"));
  BOOST_TEST(client.request("OPTIONS", "/v2/").has("X-Request-Id"));
}

BOOST_AUTO_TEST_CASE(beyond_the_memory_limit_pushes_fail_and_reads_continue) {
  running_registry server{[](auto& settings) { settings.memory_limit = 4 * 1024 * 1024; }};
  registry_client pushing{server};
  const auto kept = noise(1024 * 1024, 1);
  const auto id = pushing.push_blob("cross/memory", kept);
  const auto large = noise(6 * 1024 * 1024, 2);
  const auto query = "digest=" + sha256(large);
  expect_error(pushing, {"POST", with_query(uploads_path("cross/memory"), query), {}, large}, 403,
               "DENIED");
  const auto upload = pushing.start_upload("cross/memory");
  expect_error(pushing, {"PATCH", upload, {}, large}, 403, "DENIED");
  // The upload's bytes are free again, and its id gives the same answer to every request.
  for (const auto* method : {"GET", "PATCH", "PUT", "DELETE"})
    expect_error(pushing, {method, with_query(upload, query)}, 403, "DENIED");
  pushing.push_blob("cross/memory", noise(2 * 1024 * 1024, 3));
  BOOST_TEST((pushing.get(blob_path("cross/memory", id)).body == kept));
  BOOST_TEST(pushing.head(blob_path("cross/memory", sha256(large))).status == 404);
}

BOOST_AUTO_TEST_CASE(uploads_beyond_the_bytes_in_flight_wait_and_succeed) {
  running_registry server{[](auto& settings) { settings.api.max_in_flight = 512 * 1024; }};
  std::vector<std::unique_ptr<background>> pushes;
  std::atomic<int> created{0};
  for (std::uint32_t i = 0; i < 8; ++i)
    pushes.push_back(std::make_unique<background>([&, i](const std::atomic<bool>&) {
      registry_client pushing{server};
      const auto bytes = noise(3'000'000, i);
      const auto target = with_query(uploads_path("cross/flight"), "digest=" + sha256(bytes));
      const bool made = pushing.post(target, {}, bytes).status == 201;
      const bool same = pushing.get(blob_path("cross/flight", sha256(bytes))).body == bytes;
      created += made && same ? 1 : 0;
    }));
  for (auto& push : pushes)
    push->join();
  BOOST_TEST(created == 8);
}

BOOST_AUTO_TEST_SUITE_END()
