#include "client/registry_url.hpp"

#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

namespace client = gantry::client;

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

} // namespace

BOOST_AUTO_TEST_SUITE(registry_url)

BOOST_DATA_TEST_CASE(a_url_is_parsed, valid) {
  const auto url = client::registry_url::parse(sample.text);
  BOOST_REQUIRE(url.has_value());
  BOOST_TEST(url->host() == sample.host);
  BOOST_TEST(url->port() == sample.port);
  BOOST_TEST(url->authority() == sample.authority);
  BOOST_TEST(url->prefix() == sample.prefix);
  BOOST_TEST(url->secure() == std::string{sample.text}.starts_with("https"));
}

BOOST_AUTO_TEST_CASE(a_registry_is_written_as_it_was_read) {
  for (const auto* text : {"http://host:1/a", "https://[::1]:5000"})
    BOOST_TEST(client::registry_url::parse(text)->to_string() == text);
}

BOOST_AUTO_TEST_CASE(another_url_keeps_its_path_and_its_query) {
  const auto url = client::web_url::parse("https://auth.example/token/?a=b@c");
  BOOST_REQUIRE(url.has_value());
  BOOST_TEST(url->host == "auth.example");
  BOOST_TEST(url->target == "/token/?a=b@c");
  BOOST_TEST(client::web_url::parse("http://host?a=b")->target == "?a=b");
}

BOOST_DATA_TEST_CASE(other_urls_are_refused, invalid) {
  const auto url = client::registry_url::parse(sample);
  BOOST_REQUIRE(!url.has_value());
  BOOST_TEST(url.error().code == gantry::errc::request_invalid);
}

BOOST_AUTO_TEST_SUITE_END()
