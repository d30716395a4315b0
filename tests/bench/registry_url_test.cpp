#include "bench/registry_url.hpp"

#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

namespace bench = gantry::bench;

namespace {

struct valid_url {
  const char* text;
  const char* host;
  int port;
  const char* authority;
  const char* prefix;
};

std::ostream& operator<<(std::ostream& out, const valid_url& url) {
  return out << url.text;
}

const valid_url valid[] = {
  {"http://127.0.0.1:5000", "127.0.0.1", 5000, "127.0.0.1:5000", ""},
  {"http://localhost", "localhost", 80, "localhost", ""},
  {"http://localhost/", "localhost", 80, "localhost", ""},
  {"http://[::1]:5000/", "::1", 5000, "[::1]:5000", ""},
  {"http://[::1]", "::1", 80, "[::1]", ""},
  {"http://host:1/registry/a//", "host", 1, "host:1", "/registry/a"},
  {"https://host", "host", 443, "host", ""},
  {"https://host:5000/a", "host", 5000, "host:5000", "/a"},
};

const char* const invalid[] = {
  "",
  "127.0.0.1:5000",
  "ftp://localhost",
  "https://",
  "https:/localhost",
  "http://",
  "http://:5000",
  "http://host:",
  "http://host:0",
  "http://host:65536",
  "http://host:5000x",
  "http://[::1",
  "http://[::1]5000",
  "http://host/?a=b",
  "http://host/#a",
  "http://user@host",
  "http://host/@",
  "http://ho st",
};

struct location {
  const char* text;
  const char* target;
};

std::ostream& operator<<(std::ostream& out, const location& value) {
  return out << value.text;
}

/// From `/v2/a/blobs/uploads/?x=1`.
const location locations[] = {
  {"/v2/a/blobs/uploads/7", "/v2/a/blobs/uploads/7"},
  {"/v2/a/blobs/uploads/7?_state=x%3D&b", "/v2/a/blobs/uploads/7?_state=x%3D&b"},
  {"http://127.0.0.1:5000/v2/a/blobs/uploads/7?_state=x", "/v2/a/blobs/uploads/7?_state=x"},
  {"https://registry.example/7", "/7"},
  {"http://registry.example", "/"},
  {"http://registry.example?a", "/?a"},
  {"//registry.example/7", "/7"},
  {"7?a=b", "/v2/a/blobs/uploads/7?a=b"},
  {"?a=b", "/v2/a/blobs/uploads/?a=b"},
  {"/7#fragment", "/7"},
};

const char* const nowhere[] = {"", "#a", "http:7", "http:///7", "/a b", "/a\r\nX: y"};

} // namespace

BOOST_AUTO_TEST_SUITE(registry_url)

BOOST_DATA_TEST_CASE(a_url_is_taken_apart, valid) {
  const auto url = bench::registry_url::parse(sample.text);
  BOOST_REQUIRE(url.has_value());
  BOOST_TEST(url->host() == sample.host);
  BOOST_TEST(url->port() == sample.port);
  BOOST_TEST(url->authority() == sample.authority);
  BOOST_TEST(url->prefix() == sample.prefix);
  BOOST_TEST(url->secure() == std::string{sample.text}.starts_with("https"));
}

BOOST_AUTO_TEST_CASE(a_registry_is_written_as_it_was_read) {
  for (const auto* text : {"http://host:1/a", "https://[::1]:5000"})
    BOOST_TEST(bench::registry_url::parse(text)->to_string() == text);
}

BOOST_AUTO_TEST_CASE(another_url_keeps_its_path_and_its_query) {
  const auto url = bench::web_url::parse("https://auth.example/token/?a=b@c");
  BOOST_REQUIRE(url.has_value());
  BOOST_TEST(url->host == "auth.example");
  BOOST_TEST(url->target == "/token/?a=b@c");
  BOOST_TEST(bench::web_url::parse("http://host?a=b")->target == "?a=b");
}

BOOST_DATA_TEST_CASE(what_is_no_such_url_is_refused, invalid) {
  const auto url = bench::registry_url::parse(sample);
  BOOST_REQUIRE(!url.has_value());
  BOOST_TEST(url.error().code == gantry::errc::request_invalid);
}

BOOST_DATA_TEST_CASE(a_location_leads_to_a_target, locations) {
  const auto target = bench::resolve_location(sample.text, "/v2/a/blobs/uploads/?x=1");
  BOOST_REQUIRE(target.has_value());
  BOOST_TEST(*target == sample.target);
}

BOOST_DATA_TEST_CASE(a_location_that_leads_nowhere_is_seen, nowhere) {
  BOOST_TEST(!bench::resolve_location(sample, "/v2/a/blobs/uploads/").has_value());
}

BOOST_AUTO_TEST_CASE(a_digest_is_added_to_a_query_or_begins_one) {
  BOOST_TEST(bench::with_digest("/u/7", "sha256:ab") == "/u/7?digest=sha256%3Aab");
  BOOST_TEST(bench::with_digest("/u/7?s=1", "sha256:ab") == "/u/7?s=1&digest=sha256%3Aab");
}

BOOST_AUTO_TEST_SUITE_END()
