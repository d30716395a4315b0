#include "app/listen_address.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <stdexcept>
#include <string>

using namespace gantry::app;
namespace ip = boost::asio::ip;

namespace {

struct written {
  const char* text;
  /// On a machine with both families, and on one without IPv6.
  const char* meant;
  const char* without_ipv6;

  friend std::ostream& operator<<(std::ostream& out, const written& row) { return out << row.text; }
};

const written good[] = {
  {"127.0.0.1:4775", "127.0.0.1:4775", "127.0.0.1:4775"},
  {"[::1]:0", "[::1]:0", "[::1]:0"},
  {"[::]:5000", "[::]:5000", "[::]:5000"},
  {"0.0.0.0:65535", "0.0.0.0:65535", "0.0.0.0:65535"},
  {"unix:/run/g.sock", "unix:/run/g.sock", "unix:/run/g.sock"},
  {"/run/g.sock", "unix:/run/g.sock", "unix:/run/g.sock"},
  {"unix:g:1", "unix:g:1", "unix:g:1"},
  {"localhost:80", "127.0.0.1:80 and [::1]:80", "127.0.0.1:80 (this machine has no IPv6)"},
  {":5000", "[::]:5000", "0.0.0.0:5000 (this machine has no IPv6)"},
};

struct mistaken {
  const char* text;
  const char* reason;

  friend std::ostream& operator<<(std::ostream& out, const mistaken& row) {
    return out << row.text;
  }
};

const mistaken bad[] = {
  {"", "write HOST:PORT, such as 127.0.0.1:4775, [::1]:4775 or :4775"},
  {"127.0.0.1", "write HOST:PORT, such as 127.0.0.1:4775, [::1]:4775 or :4775"},
  {"4775", "write :4775 for all addresses, or 127.0.0.1:4775"},
  {"127.0.0.1:", "'' is not a port: write a number from 0 to 65535, such as 4775"},
  {"127.0.0.1:65536", "'65536' is not a port: write a number from 0 to 65535, such as 4775"},
  {"127.0.0.1:-1", "'-1' is not a port: write a number from 0 to 65535, such as 4775"},
  {"127.0.0.1:x", "'x' is not a port: write a number from 0 to 65535, such as 4775"},
  {"127.0.0.1:1 ", "'1 ' is not a port: write a number from 0 to 65535, such as 4775"},
  {"[::1]", "'1]' is not a port"},
  {"::1:4775", "an IPv6 address needs brackets, such as [::1]:4775"},
  {"*:0", "write ':PORT' for all addresses, such as :4775"},
  {"nohost.invalid:1",
   "cannot resolve 'nohost.invalid': use an IP address or localhost, such as 127.0.0.1:4775"},
  {"[127.0.0.1]:1",
   "cannot resolve '[127.0.0.1]': use an IP address or localhost, such as 127.0.0.1:4775"},
  {"[]:1", "cannot resolve '[]': use an IP address or localhost, such as 127.0.0.1:4775"},
};

bool everything(const ip::address&) {
  return true;
}

bool ipv4_alone(const ip::address& host) {
  return host.is_v4();
}

} // namespace

BOOST_AUTO_TEST_SUITE(listen_address)

BOOST_DATA_TEST_CASE(addresses_are_read_as_people_write_them, boost::unit_test::data::make(good)) {
  const auto wanted = parse_listen_address(sample.text);
  BOOST_TEST(to_string(available(wanted, everything)) == sample.meant);
  BOOST_TEST(to_string(available(wanted, ipv4_alone)) == sample.without_ipv6);
}

BOOST_DATA_TEST_CASE(a_malformed_address_is_refused_with_the_right_form,
                     boost::unit_test::data::make(bad)) {
  const std::string begin = "'" + std::string{sample.text} + "' is not an address to listen on: ";
  BOOST_CHECK_EXCEPTION(parse_listen_address(sample.text), std::invalid_argument,
                        [&](const std::invalid_argument& wrong) {
                          BOOST_TEST_MESSAGE(wrong.what());
                          return std::string{wrong.what()}.starts_with(begin + sample.reason);
                        });
}

BOOST_AUTO_TEST_CASE(a_machine_has_its_own_addresses_and_no_others) {
  BOOST_TEST(has_address(ip::address_v4::loopback()));
  BOOST_TEST(has_address(ip::address_v4::any()));
  // Reserved for documentation (RFC 5737, RFC 3849).
  BOOST_TEST(!has_address(ip::make_address("192.0.2.1")));
  BOOST_TEST(!has_address(ip::make_address("2001:db8::1")));
}

BOOST_AUTO_TEST_SUITE_END()
