// Ranges of addresses.
#include "net/networks.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using address_set = gantry::net::networks;

BOOST_AUTO_TEST_SUITE(networks)

BOOST_AUTO_TEST_CASE(nothing_is_in_an_empty_set) {
  BOOST_TEST(address_set{}.empty());
  for (const auto* address : {"127.0.0.1", "::", "unix", ""})
    BOOST_TEST(!address_set{}.contains(address));
}

BOOST_AUTO_TEST_CASE(a_range_contains_what_begins_like_it) {
  const address_set office{{"10.1.0.0/16", "192.168.7.128/25", "fd00:1::/32", "::1"}};
  for (const auto* address : {"10.1.0.0", "10.1.255.255", "192.168.7.128", "192.168.7.255",
                              "fd00:1::5", "[fd00:1:ffff::]", "::1", "::ffff:10.1.2.3"})
    BOOST_TEST(office.contains(address), address);
  for (const auto* address : {"10.0.255.255", "10.2.0.0", "192.168.7.127", "fd00:2::", "::2",
                              "unix", "", "10.1.0", "10.1.0.0:80", "host"})
    BOOST_TEST(!office.contains(address), address);
}

BOOST_AUTO_TEST_CASE(all_addresses_of_one_family_are_a_range_and_sockets_are_none_of_them) {
  const address_set all{{"0.0.0.0/0"}};
  BOOST_TEST(all.contains("203.0.113.9"));
  BOOST_TEST(!all.contains("2001:db8::1"));
  BOOST_TEST(!all.contains("unix"));
  const address_set local{{"unix"}};
  BOOST_TEST(!local.empty());
  BOOST_TEST(local.contains("unix"));
  BOOST_TEST(!local.contains("127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(mistakes_are_explained) {
  const std::pair<std::string_view, std::string_view> mistakes[] = {
    {"office", "'office' is not a range of addresses: write an address or a range, such as "
               "10.0.0.0/8"},
    {"10.0.0.0/33",
     "'10.0.0.0/33' has no length of 0 to 32 behind the slash: write an address or a "
     "range, such as 10.0.0.0/8"},
    {"10.0.0.0/", "'10.0.0.0/' has no length of 0 to 32 behind the slash: write an address or a "
                  "range, such as 10.0.0.0/8"},
    {"::/129", "'::/129' has no length of 0 to 128 behind the slash: write an address or a range, "
               "such as 10.0.0.0/8"},
    {"10.0.0.1/8", "'10.0.0.1/8' is not the first address of its range: write an address or a "
                   "range, such as 10.0.0.0/8"},
  };
  for (const auto& each : mistakes)
    BOOST_CHECK_EXCEPTION(address_set{{std::string{each.first}}}, std::invalid_argument,
                          [&](const auto& wrong) { return wrong.what() == each.second; });
}

BOOST_AUTO_TEST_CASE(a_network_of_ipv6_shares_a_limit) {
  BOOST_TEST(gantry::net::client_network("192.0.2.1") == "192.0.2.1");
  BOOST_TEST(gantry::net::client_network("[2001:db8:1:2:3:4:5:6]") == "2001:db8:1:2::/64");
  BOOST_TEST(gantry::net::client_network("2001:db8:1:2::1") == "2001:db8:1:2::/64");
  BOOST_TEST(gantry::net::client_network("::ffff:192.0.2.1") == "192.0.2.1");
  BOOST_TEST(gantry::net::client_network("unix") == "unix");
}

BOOST_AUTO_TEST_SUITE_END()
