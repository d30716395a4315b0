#include "api/link_header.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(link_header)

BOOST_AUTO_TEST_CASE(the_next_page_starts_after_the_last_entry) {
  // cases 39, 48
  BOOST_TEST(api::next_page_link("/v2/test/tags/list", "asj9e", 2, "") ==
             "</v2/test/tags/list?last=asj9e&n=2>; rel=\"next\"");
  BOOST_TEST(api::next_page_link("/v2/_catalog", "a/b", 2, "ns=docker.io") ==
             "</v2/_catalog?last=a%2Fb&n=2&ns=docker.io>; rel=\"next\"");
}

BOOST_AUTO_TEST_CASE(a_page_of_referrers_keeps_its_filter) {
  const auto id = digest::of("x");
  BOOST_TEST(api::next_referrers_link("/r", id, {"a/b+json"}) ==
             "</r?artifactType=a%2Fb%2Bjson&last=sha256%3A" + id.hex() + ">; rel=\"next\"");
}

BOOST_AUTO_TEST_CASE(nothing_in_a_value_ends_it) {
  BOOST_TEST(api::percent_encode("a>b&c=\r\n\xff") == "a%3Eb%26c%3D%0D%0A%FF");
}

BOOST_AUTO_TEST_CASE(a_digest_from_a_path_can_be_sent_back) {
  const auto id = digest::of("x");
  BOOST_TEST(api::digest_in_path(id) == id.to_string());
  BOOST_TEST(api::digest_in_path(digest::parse_lenient("sha256:a%b?").value()) ==
             "sha256%3Aa%25b%3F");
}

BOOST_AUTO_TEST_SUITE_END()
