// The addresses at which a registry can be reached.
#include "app/listen_address.hpp"
#include "support/registry_fixture.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using namespace gantry::test;
namespace asio = boost::asio;

namespace {

/// The first line of the answer to `GET /v2/`; empty if nothing listens there.
std::string ask(const char* host, std::uint16_t port) {
  asio::io_context context;
  asio::ip::tcp::socket socket{context};
  boost::system::error_code failed;
  socket.connect({asio::ip::make_address(host), port}, failed);
  if (failed)
    return {};
  asio::write(socket, asio::buffer(std::string{"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n"}));
  std::string answer;
  asio::read_until(socket, asio::dynamic_buffer(answer), "\r\n");
  return answer.substr(0, answer.find('\r'));
}

struct listening_registry {
  explicit listening_registry(const std::string& address)
    : server{[&](app::registry_options& settings) { settings.address = address; }} {}

  /// The result here, given the addresses of this machine.
  void check_loopback() const {
    BOOST_TEST(ask("127.0.0.1", server.port()) == "HTTP/1.1 200 OK");
    const bool has_ipv6 = app::has_address(asio::ip::make_address("::1"));
    BOOST_TEST(ask("::1", server.port()) == (has_ipv6 ? "HTTP/1.1 200 OK" : ""));
  }

  running_registry server;
};

} // namespace

BOOST_AUTO_TEST_SUITE(listening)

BOOST_AUTO_TEST_CASE(localhost_means_both_families) {
  listening_registry{"localhost:0"}.check_loopback();
}

BOOST_AUTO_TEST_CASE(no_host_means_every_address_of_both_families) {
  listening_registry{":0"}.check_loopback();
}

BOOST_AUTO_TEST_CASE(an_address_means_only_that_one) {
  const listening_registry own{"127.0.0.1:0"};
  BOOST_TEST(ask("127.0.0.1", own.server.port()) == "HTTP/1.1 200 OK");
  BOOST_TEST(ask("::1", own.server.port()).empty());
}

BOOST_AUTO_TEST_CASE(a_port_missing_in_one_family_is_reported) {
  const running_registry first;
  app::registry_options settings;
  settings.address = "localhost:" + std::to_string(first.port());
  settings.seed = "false";
  app::registry second{settings};
  BOOST_CHECK_EXCEPTION(second.start(), std::runtime_error, [&](const auto& failure) {
    return std::string{failure.what()}.starts_with("cannot listen on 127.0.0.1:" +
                                                   std::to_string(first.port()));
  });
}

BOOST_AUTO_TEST_SUITE_END()
