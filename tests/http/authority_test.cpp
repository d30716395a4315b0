#include "http/authority.hpp"

#include "support/mutation.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

using gantry::http::is_authority;
using gantry::http::is_local_host;
using gantry::http::parse_authority;
using gantry::http::parse_origin;

namespace {

struct well_formed {
  const char* text;
  const char* host;
  std::optional<std::uint16_t> port;

  friend std::ostream& operator<<(std::ostream& out, const well_formed& row) {
    return out << row.text;
  }
};

const well_formed authorities[] = {
  {"localhost", "localhost", {}},
  {"Registry.Example:5000", "registry.example", 5000},
  {"127.0.0.1:4775", "127.0.0.1", 4775},
  {"[::1]", "[::1]", {}},
  {"[::FFFF:127.0.0.1]:80", "[::ffff:127.0.0.1]", 80},
  {"under_score-and.dot.", "under_score-and.dot.", {}},
  {"%41b", "%41b", {}},
  {"a:", "a", {}},
  {"a:0", "a", 0},
  {"a:65535", "a", 65535},
  {"", "", {}},
};

const char* const malformed_authorities[] = {
  "a b",     "a/b",      "a?b",   "a#b",     "user@a",    "a:b",    "a:1:2",
  "a:65536", "a:-1",     "a:+1",  "a: 80",   "::1",       "[::1",   "::1]",
  "[]",      "[::1]x",   "[a]",   "[::1%1]", "[1.2.3.4]", "[v1.a]", "a%4",
  "a%zz",    "\xc3\xa4", "a\x01", "a\\b",    "<a>",       "\"a\"",  "[::1]]:80",
};

} // namespace

BOOST_AUTO_TEST_SUITE(authority)

BOOST_DATA_TEST_CASE(hosts_are_taken_with_and_without_port,
                     boost::unit_test::data::make(authorities)) {
  const auto parsed = parse_authority(sample.text);
  BOOST_REQUIRE(parsed);
  BOOST_TEST(parsed->host == sample.host);
  BOOST_CHECK(parsed->port == sample.port);
  BOOST_TEST(is_authority(sample.text));
}

BOOST_DATA_TEST_CASE(what_is_no_host_is_refused,
                     boost::unit_test::data::make(malformed_authorities)) {
  BOOST_TEST(!parse_authority(sample).has_value());
  BOOST_TEST(!is_authority(sample));
}

BOOST_AUTO_TEST_CASE(a_host_has_a_limit) {
  const std::string longest(255, 'a');
  BOOST_TEST(is_authority(longest));
  BOOST_TEST(!is_authority(std::string(256, 'a')));
  BOOST_TEST(!is_authority("a:" + std::string(30'000, '0')));
}

BOOST_AUTO_TEST_CASE(addresses_and_localhost_belong_to_nobody_else) {
  for (const auto* host :
       {"localhost", "a.localhost", "localhost.", "127.0.0.1", "192.168.1.7", "[::1]", "[fe80::1]"})
    BOOST_TEST(is_local_host(host), host);
  for (const auto* host : {"", ".", "a", "localhost.example", "notlocalhost", "127.0.0.1.example",
                           "127.1", "1", "0x7f000001", "::1", "%31"})
    BOOST_TEST(!is_local_host(host), host);
}

BOOST_AUTO_TEST_CASE(an_origin_has_a_scheme_a_host_and_a_port) {
  BOOST_CHECK(parse_origin("http://A.example") == parse_origin("HTTP://a.example:80"));
  BOOST_CHECK(parse_origin("https://a.example") == parse_origin("https://a.example:443"));
  BOOST_CHECK(parse_origin("https://a.example") != parse_origin("http://a.example"));
  BOOST_CHECK(parse_origin("http://a.example") != parse_origin("http://a.example:3000"));
  BOOST_TEST(parse_origin("chrome-extension://abcdef").has_value());
  for (const auto* text : {"null", "", "*", "a.example", "://a", "http://", "http:///", "http://a/",
                           "http://a/b", "http://u@a", "ht tp://a", "http://a b"})
    BOOST_TEST(!parse_origin(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(damaged_hosts_are_judged_alike_by_both) {
  gantry::test::mutator damage;
  for (int round = 0; round < 4000; ++round) {
    const auto text = damage(round % 2 == 0 ? "[::1]:4775" : "registry.example:5000");
    if (parse_authority(text).has_value() != is_authority(text))
      BOOST_ERROR("judged differently: " << text);
    static_cast<void>(parse_origin("http://" + text));
  }
}

BOOST_AUTO_TEST_SUITE_END()
