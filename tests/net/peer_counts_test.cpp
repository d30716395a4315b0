// Connections per address.
#include "net/peer_counts.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(peer_counts)

BOOST_AUTO_TEST_CASE(an_address_has_so_many_places_whatever_its_ports) {
  net::peer_counts counts{2, {}};
  BOOST_TEST(counts.take("192.0.2.1:1"));
  BOOST_TEST(counts.take("192.0.2.1:2"));
  BOOST_TEST(!counts.take("192.0.2.1:3"));
  BOOST_TEST(counts.take("192.0.2.2:1"));
  counts.give_back("192.0.2.1:1");
  BOOST_TEST(counts.take("192.0.2.1:4"));
  BOOST_TEST(!counts.take("192.0.2.1:5"));
}

BOOST_AUTO_TEST_CASE(a_network_of_ipv6_shares_its_places) {
  net::peer_counts counts{1, {}};
  BOOST_TEST(counts.take("[2001:db8:1:2::1]:1"));
  BOOST_TEST(!counts.take("[2001:db8:1:2:ffff::9]:2"));
  BOOST_TEST(counts.take("[2001:db8:1:3::1]:1"));
}

BOOST_AUTO_TEST_CASE(proxies_and_sockets_in_the_file_system_have_no_limit) {
  net::peer_counts counts{1, net::networks{{"10.0.0.0/8"}}};
  for (const auto* peer : {"10.1.2.3:1", "10.1.2.3:2", "unix", "unix"})
    BOOST_TEST(counts.take(peer), peer);
  counts.give_back("10.1.2.3:1");
  net::peer_counts unlimited{0, {}};
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(unlimited.take("192.0.2.1:1"));
}

BOOST_AUTO_TEST_CASE(a_claim_returns_its_place) {
  net::peer_counts counts{1, {}};
  {
    net::peer_claim claim{counts};
    BOOST_REQUIRE(claim.take("192.0.2.1:1"));
    BOOST_TEST(!counts.take("192.0.2.1:2"));
    net::peer_claim second{counts};
    BOOST_TEST(!second.take("192.0.2.1:2"));
  }
  BOOST_TEST(counts.take("192.0.2.1:3"));
  counts.give_back("192.0.2.1:3");
  net::peer_claim early{counts};
  BOOST_REQUIRE(early.take("192.0.2.1:4"));
  early.give_back();
  BOOST_TEST(counts.take("192.0.2.1:5"));
}

BOOST_AUTO_TEST_SUITE_END()
