// Addresses of hosts.
#include "client/name_lookup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

std::vector<asio::ip::tcp::endpoint> found(const std::string& host) {
  const bool never = false;
  asio::io_context context{1};
  auto looking =
    asio::co_spawn(context, gantry::client::look_up(host, 4318, 20s, never), asio::use_future);
  context.run();
  return looking.get();
}

} // namespace

BOOST_AUTO_TEST_SUITE(name_lookup)

BOOST_AUTO_TEST_CASE(an_address_is_its_own) {
  const auto one = found("127.0.0.1");
  BOOST_TEST_REQUIRE(one.size() == 1U);
  BOOST_TEST(one[0].address().to_string() == "127.0.0.1");
  BOOST_TEST(one[0].port() == 4318);
  BOOST_TEST(found("::1").at(0).address().to_string() == "::1");
}

BOOST_AUTO_TEST_CASE(a_name_is_looked_up) {
  const auto all = found("localhost");
  BOOST_TEST(!all.empty());
  for (const auto& each : all)
    BOOST_TEST(each.address().is_loopback());
}

BOOST_AUTO_TEST_CASE(a_name_without_an_address_has_none) {
  BOOST_TEST(found(std::string(300, 'x')).empty()); // too long to be asked for
}

BOOST_AUTO_TEST_SUITE_END()
